// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", ".", "the root of the checkout")
	flag.Parse()
	findings, files, err := checkTree(*root)
	for _, finding := range findings {
		fmt.Println(finding)
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "hack/layers:", err)
		os.Exit(2)
	case len(findings) > 0:
		fmt.Fprintf(os.Stderr, "hack/layers: %d findings in %d files; the rules are in hack/layers/rules.go\n", len(findings), files)
		os.Exit(1)
	}
	fmt.Printf("hack/layers: %d files, nothing to complain about\n", files)
}
