// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Wiretap reads all TCP over IPv4 in the network namespace of the test: with a cluster of
// ours, all that pods and the node send each other.
type Wiretap struct {
	marker []byte
	heard  chan struct{}

	mu    sync.Mutex
	tails map[wire][]byte // the last bytes of each direction, for what two packets share
	clear map[wire]int
	talks map[talk]bool
}

// wire is one direction of a connection.
type wire struct{ from, to netip.AddrPort }

func (w wire) String() string { return fmt.Sprintf("%s > %s", w.from, w.to) }

// talk is that one address sent something to a port of another.
type talk struct {
	from netip.Addr
	to   netip.AddrPort
}

// StartWiretap looks for a marker until the test ends, or stop is called.
func StartWiretap(t testing.TB, marker string) (tap *Wiretap, stop func()) {
	t.Helper()
	everything := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, syscall.ETH_P_ALL)) // in network order
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, int(everything))
	if err != nil {
		t.Fatal("listening to the network needs root: ", err)
	}
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, 64<<20); err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(socket), "wiretap")
	tap = &Wiretap{
		marker: []byte(marker), heard: make(chan struct{}, 1),
		tails: map[wire][]byte{}, clear: map[wire]int{}, talks: map[talk]bool{},
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		packet := make([]byte, 1<<17)
		for {
			length, err := file.Read(packet)
			if err != nil {
				return
			}
			tap.read(packet[:length])
		}
	}()
	stop = sync.OnceFunc(func() { _ = file.Close(); <-done })
	t.Cleanup(stop)
	return tap, stop
}

// read takes one IP packet apart.
func (w *Wiretap) read(packet []byte) {
	const ipv4, tcp = 4, 6
	if len(packet) < 20 || packet[0]>>4 != ipv4 || packet[9] != tcp {
		return
	}
	header, length := int(packet[0]&15)*4, int(binary.BigEndian.Uint16(packet[2:]))
	if length == 0 || length > len(packet) { // offloaded: the card would have filled it in
		length = len(packet)
	}
	if length < header+20 {
		return
	}
	segment := packet[header:length]
	payload := segment[min(len(segment), int(segment[12]>>4)*4):]
	end := func(ip, port []byte) netip.AddrPort {
		address, _ := netip.AddrFromSlice(ip)
		return netip.AddrPortFrom(address, binary.BigEndian.Uint16(port))
	}
	if len(payload) > 0 {
		w.note(wire{end(packet[12:16], segment), end(packet[16:20], segment[2:])}, payload)
	}
}

func (w *Wiretap) note(on wire, payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.talks[talk{on.from.Addr(), on.to}] = true
	seen := append(w.tails[on], payload...)
	if bytes.Contains(seen, w.marker) {
		w.clear[on]++
		seen = nil
		select {
		case w.heard <- struct{}{}:
		default:
		}
	}
	w.tails[on] = slices.Clone(seen[max(0, len(seen)-len(w.marker)+1):])
}

// InClear are the connections on which the marker was readable, but for those with one of
// these ports, sorted.
func (w *Wiretap) InClear(but ...uint16) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := []string{}
	for on := range w.clear {
		if !slices.Contains(but, on.from.Port()) && !slices.Contains(but, on.to.Port()) {
			found = append(found, on.String())
		}
	}
	slices.Sort(found)
	return found
}

// Talked tells whether one of the addresses sent something to the port of one of the others.
func (w *Wiretap) Talked(from, to []string, port uint16) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for seen := range w.talks {
		if slices.Contains(from, seen.from.String()) && slices.Contains(to, seen.to.Addr().String()) && seen.to.Port() == port {
			return true
		}
	}
	return false
}

// AwaitClear waits until the marker was readable on so many connections from a port. What
// was sent before that has then been read, too.
func (w *Wiretap) AwaitClear(t testing.TB, port uint16, connections int) {
	t.Helper()
	deadline := time.After(Seconds)
	for w.clearFrom(port) < connections {
		select {
		case <-w.heard:
		case <-deadline:
			t.Fatalf("the marker was not readable on %d connections from port %d, but on %v", connections, port, w.InClear())
		}
	}
}

func (w *Wiretap) clearFrom(port uint16) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := 0
	for on := range w.clear {
		if on.from.Port() == port {
			found++
		}
	}
	return found
}
