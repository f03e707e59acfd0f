// SPDX-License-Identifier: Apache-2.0

package view

import (
	"errors"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// Unseen is something that could not be read.
type Unseen struct {
	// What names it, as in "Gateway gateways/blue".
	What string `json:"what"`
	// Why is "forbidden" or "not served".
	Why string `json:"why"`
	// Decides tells that nothing can be computed without it.
	Decides bool `json:"-"`
}

func (u Unseen) String() string { return "cannot read " + u.What + ": " + u.Why }

// note records an answer that shows nothing; it returns any other error.
func (r *Reader) note(err error, decides bool) error {
	denied, notServed := (*objects.Denied)(nil), (*objects.NotServed)(nil)
	switch {
	case errors.As(err, &denied):
		r.add(Unseen{What: denied.What(), Why: "forbidden", Decides: decides})
	case errors.As(err, &notServed):
		r.add(Unseen{What: notServed.Kind.String(), Why: "the API server does not serve it", Decides: decides})
	default:
		return err
	}
	return nil
}

func (r *Reader) add(one Unseen) {
	for _, known := range r.unseen {
		if known.What == one.What {
			return
		}
	}
	r.unseen = append(r.unseen, one)
}

// Unseen is what could not be read so far.
func (r *Reader) Unseen() []Unseen { return r.unseen }
