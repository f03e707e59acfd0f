// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/net-gateways/net-gateways/pkg/dataplane/shapes"
	"github.com/net-gateways/net-gateways/pkg/features"
)

const (
	tableFile = "pkg/features/table.go"
	pageFile  = "docs/implementations.md"
)

func main() {
	log.SetFlags(0)
	verify := flag.Bool("verify", false, "write nothing; fail when a file is stale")
	root := flag.String("root", ".", "the root of the checkout")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(),
			"Writes "+tableFile+" and the feature table in "+pageFile+" from the Gateway API's conformance reports,\n"+
				"and there the tables of pkg/features/behaviour.go and pkg/dataplane/shapes.")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*root, *verify); err != nil {
		log.Fatal("hack/features: ", err)
	}
}

func run(root string, verify bool) error {
	module, err := conformanceModule(root)
	if err != nil {
		return err
	}
	reports, err := readReports(filepath.Join(module.Dir, "reports"))
	if err != nil {
		return err
	}
	gateways, err := newestByGateway(reports)
	if err != nil {
		return err
	}
	source, err := renderGo(gateways, formerNames(reports), module.Version)
	if err != nil {
		return err
	}
	if err := update(filepath.Join(root, tableFile), source, verify); err != nil {
		return err
	}
	page, err := os.ReadFile(filepath.Join(root, pageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	all, err := shapes.All()
	if err != nil {
		return err
	}
	for part, table := range map[string]string{
		"features": renderMarkdown(gateways, module.Version), "behaviours": renderBehaviours(features.Behaviours()), "shapes": renderShapes(all),
	} {
		if page, err = replaceTable(page, part, table); err != nil {
			return err
		}
	}
	return update(filepath.Join(root, pageFile), page, verify)
}

func update(path string, content []byte, verify bool) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	if verify {
		return fmt.Errorf("%s is stale: run go run ./hack/features", path)
	}
	return os.WriteFile(path, content, 0o644)
}
