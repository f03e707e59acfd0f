// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// unlistedAnnotation says since when listeners are not in spec.tls any more, by name.
//
// Serving takes the entry of a host out of spec.tls for as long as it renews its
// certificate, while the old one is valid and clients go on to use it.
const unlistedAnnotation = "net-gateways/unlisted"

// keep holds on to a listener that spec.tls does not name any more for the drain time,
// as long as the KIngress has a host for it.
func (l *listeners) keep(set string, entry gatewayv1.ListenerEntry, since time.Time) {
	wanted := slices.ContainsFunc(servedHosts(l.in, l.visibility).UnsortedList(), func(host string) bool { return covered(string(*entry.Hostname), host) })
	if since.IsZero() {
		since = l.in.Moves.Now.UTC().Truncate(time.Second)
	}
	left := since.Add(l.in.Moves.Drain).Sub(l.in.Moves.Now)
	if !wanted || left <= 0 {
		return
	}
	l.put(set, entry)
	l.unlisted[string(entry.Name)] = since
	if l.again == 0 || left < l.again {
		l.again = left
	}
}

func unlistedOf(set *gatewayv1.ListenerSet) map[string]time.Time {
	since := map[string]time.Time{}
	if json.Unmarshal([]byte(cmp.Or(set.Annotations[unlistedAnnotation], "{}")), &since) != nil {
		return nil // somebody changed it: the drain time begins again
	}
	return since
}

func encodeUnlisted(since map[string]time.Time) string {
	encoded, err := json.Marshal(since)
	if err != nil { // names and times of this century always marshal
		panic(err)
	}
	return string(encoded)
}
