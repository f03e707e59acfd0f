// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"os"
	"testing"

	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

var world = &fixture.World{ShortTerms: true}

func TestMain(m *testing.M) { os.Exit(fixture.Run(m, world)) }
