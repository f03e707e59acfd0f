// SPDX-License-Identifier: Apache-2.0

// Command greeter is the program in the demo's services. GET / says which revision
// answers; GET /?call=NAME calls the service NAME of its own namespace, inside the
// cluster, and hands on what that one said.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"time"
)

// domain is where a namespace's services are found inside the cluster.
const domain = ".svc.cluster.local"

var (
	serviceName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)
	client      = &http.Client{Timeout: 20 * time.Second}
)

func main() {
	server := &http.Server{
		Addr:              ":" + os.Getenv("PORT"),
		Handler:           http.HandlerFunc(greet),
		ReadHeaderTimeout: 5 * time.Second,
	}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func greet(w http.ResponseWriter, r *http.Request) {
	called := r.URL.Query().Get("call")
	if called == "" {
		fmt.Fprintf(w, "%s", os.Getenv("K_REVISION"))
		return
	}
	if !serviceName.MatchString(called) {
		http.Error(w, "call: not the name of a service", http.StatusBadRequest)
		return
	}
	answer, err := client.Get("http://" + called + "." + os.Getenv("NAMESPACE") + domain)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	w.WriteHeader(answer.StatusCode)
	fmt.Fprintf(w, "%s called ", os.Getenv("K_REVISION"))
	if _, err := io.Copy(w, io.LimitReader(answer.Body, 1<<16)); err != nil {
		log.Print(err)
	}
}
