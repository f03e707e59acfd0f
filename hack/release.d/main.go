// SPDX-License-Identifier: Apache-2.0

// Images is what hack/release does with a registry, besides ko:
//
//	images may-push REPOSITORY                            fail unless this machine may push there
//	images base -to REPOSITORY:TAG -licenses FILE         push the base image for all platforms, print it by digest
//	images check IMAGE...                                 fail unless each is there for all platforms and can run
//	images programs -to FOLDER IMAGE...                   the same, and write their programs to FOLDER/PLATFORM/
//
// With -insecure a registry that is not on this machine may be asked over plain HTTP. The time in the base image is
// SOURCE_DATE_EPOCH.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// platforms are those that a release has; each is an architecture of Linux.
var platforms = []string{"amd64", "arm64"}

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "images:", explained(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("want a verb: may-push, base, check or programs")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	to := flags.String("to", "", "REPOSITORY:TAG to push to (base), or folder to write to (programs)")
	licenses := flags.String("licenses", "", "file that becomes /licenses.txt (base)")
	insecure := flags.Bool("insecure", false, "ask the registry over plain HTTP")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	options := []name.Option{}
	if *insecure {
		options = append(options, name.Insecure)
	}
	switch args[0] {
	case "may-push":
		repository, err := name.NewRepository(flags.Arg(0), options...)
		if err != nil {
			return err
		}
		return remote.CheckPushPermission(repository.Tag("latest"), authn.DefaultKeychain, http.DefaultTransport)
	case "base":
		tag, err := name.NewTag(*to, options...)
		if err != nil {
			return err
		}
		return pushBase(ctx, tag, *licenses)
	case "check":
		return forEach(ctx, flags.Args(), options, printed)
	case "programs":
		return forEach(ctx, flags.Args(), options, func(_ string, index v1.ImageIndex) error { return programs(index, *to) })
	}
	return fmt.Errorf("unknown verb %q", args[0])
}

func pushBase(ctx context.Context, tag name.Tag, licenses string) error {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	text, err := os.ReadFile(licenses)
	if err != nil {
		return err
	}
	index, err := base(text, time.Unix(seconds, 0).UTC())
	if err != nil {
		return err
	}
	if err := remote.WriteIndex(tag, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	fmt.Println(tag.Digest(digest.String()))
	return nil
}

// forEach does something with the index of each image.
func forEach(ctx context.Context, images []string, options []name.Option, do func(image string, index v1.ImageIndex) error) error {
	for _, image := range images {
		reference, err := name.ParseReference(image, options...)
		if err != nil {
			return err
		}
		index, err := remote.Index(reference, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain))
		if err == nil {
			err = do(image, index)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", image, err)
		}
	}
	return nil
}

func printed(image string, index v1.ImageIndex) error {
	found, err := check(index)
	for _, line := range found {
		fmt.Printf("%s: %s\n", image, line)
	}
	return err
}

// explained says what to do about an error of a registry.
func explained(err error) error {
	var refused *transport.Error
	var unreachable net.Error
	switch {
	case errors.As(err, &refused) && (refused.StatusCode == http.StatusUnauthorized || refused.StatusCode == http.StatusForbidden):
		return fmt.Errorf("the registry refuses: %w\nLog in (docker login HOST, or ko login HOST) as a user who may push there", err)
	case errors.As(err, &unreachable):
		return fmt.Errorf("the registry cannot be reached: %w\nLook at the name, and at the network", err)
	}
	return err
}
