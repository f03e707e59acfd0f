// SPDX-License-Identifier: Apache-2.0

// Registry is the cluster's image registry. Unlike go-containerregistry's own it keeps manifests on disk too, so that a
// cluster starts with the cached images in place and a restarted registry still knows what was pushed.
//
//	registry serve -store DIR -address 127.0.0.1:5000
//	registry add   -store DIR -image NAME:TAG -root DIR [-entrypoint PATH] [-user UID]
//	registry list  -store DIR
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("want a verb: serve, add or list")
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	dir := flags.String("store", "", "directory of blobs and manifests")
	address := flags.String("address", "127.0.0.1:5000", "address to listen on (serve)")
	image := flags.String("image", "", "NAME:TAG to write (add)")
	root := flags.String("root", "", "directory that becomes the image's only layer (add)")
	entrypoint := flags.String("entrypoint", "", "the image's entrypoint (add)")
	user := flags.String("user", "", "the image's user (add)")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}

	s, err := openStore(*dir)
	if err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		log.Printf("serving %d manifests of %s on %s", len(s.names()), *dir, *address)
		server := &http.Server{Addr: *address, Handler: s, ReadHeaderTimeout: 10 * time.Second}
		return server.ListenAndServe()
	case "add":
		return s.add(*image, *root, *entrypoint, *user)
	case "list":
		for _, name := range s.names() {
			fmt.Println(name)
		}
		return nil
	}
	return fmt.Errorf("unknown verb %q", args[0])
}
