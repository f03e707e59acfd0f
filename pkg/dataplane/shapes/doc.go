// SPDX-License-Identifier: Apache-2.0

// Package shapes has data planes that cannot run in the project's test clusters: the objects that the controllers of
// implementations write, and what net-gateways finds in them. Tests of several packages read it, and hack/features, which
// writes docs/implementations.md. Nothing of it is in the controller.
//
// A file *.txtar is one shape. The first line of its comment is its title; the rest says which behaviours of SPEC it shows,
// and by which source the objects were written. Requests were never sent through the implementation itself.
package shapes
