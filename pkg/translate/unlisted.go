// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"cmp"
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unlistedAnnotation says since when listeners are not in spec.tls any more, by name.
//
// Serving takes the entry of a host out of spec.tls for as long as it renews its
// certificate, while the old one is valid and clients go on to use it.
const unlistedAnnotation = "net-gateways/unlisted"

// place is where a listener is: its name in a ListenerSet, or with none on the Gateway.
// Listeners of several ListenerSets may have one name.
type place struct{ set, name string }

// stays tells whether to hold on to a listener that spec.tls does not name any more, and
// that has been so since a time by its name: for the drain time, as long as the KIngress
// has a host for it.
func (l *listeners) stays(hostname string, at place, unlisted map[string]time.Time) bool {
	since, known := unlisted[at.name]
	if !known {
		since = l.in.Moves.Now.UTC().Truncate(time.Second)
	}
	left := since.Add(l.in.Moves.Drain).Sub(l.in.Moves.Now)
	if !l.hasHost(hostname) || left <= 0 {
		return false
	}
	l.unlisted[at] = since
	l.lookAgain(left)
	return true
}

// waits tells whether to hold on to a listener because another one is to take its hosts and does not
// work yet, for however long that is: another namespace's may have its hostname.
func (l *listeners) waits(hostname string) bool {
	next, found := l.certificates.of(hostname)
	return found && !l.serving(next) && l.hasHost(hostname)
}

// hasHost tells whether the KIngress has a host for a listener.
func (l *listeners) hasHost(hostname string) bool { return l.served().reached(hostname) }

// served are the hosts of the visibility.
func (l *listeners) served() *hostSet {
	if l.hosts == nil {
		l.hosts = servedHosts(l.in, l.visibility)
	}
	return l.hosts
}

func unlistedOf(object metav1.Object) map[string]time.Time {
	since := map[string]time.Time{}
	if json.Unmarshal([]byte(cmp.Or(object.GetAnnotations()[unlistedAnnotation], "{}")), &since) != nil || since == nil {
		return map[string]time.Time{} // somebody changed it: the drain time begins again
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
