// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"encoding/binary"
	"testing"
)

// packetOf is a TCP packet over IPv4 from 10.0.0.1:1000 to 10.0.0.2:80, with padding after it.
func packetOf(payload string) []byte {
	packet := make([]byte, 40, 60)
	packet[0], packet[9], packet[32] = 4<<4|5, 6, 5<<4
	binary.BigEndian.PutUint16(packet[2:], uint16(40+len(payload)))
	copy(packet[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2, 1000 >> 8, 1000 & 255, 0, 80})
	return append(append(packet, payload...), "padding"...)
}

// TestWiretap: what is in one packet or in two that follow each other is found, and nothing
// that is not in the payload.
func TestWiretap(t *testing.T) {
	for name, c := range map[string]struct {
		packets []string
		clear   int
	}{
		"one packet":          {[]string{"a secret here"}, 1},
		"two packets":         {[]string{"a sec", "ret here"}, 1},
		"not in order":        {[]string{"ret here", "a sec"}, 0},
		"not there":           {[]string{"nothing"}, 0},
		"reaches the padding": {[]string{"pad"}, 0},
	} {
		marker := "secret"
		if name == "reaches the padding" {
			marker = "padding"
		}
		tap := &Wiretap{marker: []byte(marker), tails: map[wire][]byte{}, clear: map[wire]int{}, talks: map[talk]bool{}}
		for _, payload := range c.packets {
			tap.read(packetOf(payload))
		}
		found := tap.InClear()
		if len(found) != c.clear || c.clear > 0 && found[0] != "10.0.0.1:1000 > 10.0.0.2:80" {
			t.Errorf("%s: %v", name, found)
		}
		if excluded := tap.InClear(80); len(excluded) > 0 {
			t.Errorf("%s: %v has an excluded port", name, excluded)
		}
	}
	for length := range 60 { // nothing that comes by may end the test
		(&Wiretap{}).read(packetOf("")[:min(length, 40)])
	}
}
