// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// handshakeError is an error between the TCP connection and the HTTP request.
type handshakeError struct{ error }

func (e handshakeError) Unwrap() error { return e.error }

// failure turns the error of a request into an outcome. Its text is that of the cause: the whole error holds our address
// and an ephemeral port, which would change a condition at every try.
func failure(err error, connected bool, attempt time.Duration) outcome {
	var handshake handshakeError
	switch {
	case timedOut(err) && connected:
		return noAnswer(attempt)
	case timedOut(err):
		return outcome{kind: probe.Unreachable, err: "no connection within " + attempt.String(), late: true}
	case errors.As(err, &handshake):
		return outcome{kind: probe.Handshake, err: "TLS handshake: " + cause(handshake.error)}
	case alert(err) != nil:
		// With TLS 1.3 the peer says that a client certificate is missing after our side of the handshake.
		return outcome{kind: probe.Handshake, err: "TLS handshake: " + alert(err).Error()}
	}
	text := cause(err)
	if text == notHTTP {
		return outcome{kind: probe.BadStatus, err: text}
	}
	return outcome{kind: probe.Unreachable, err: text}
}

// noAnswer is the outcome of a try that had a connection and no answer in time.
func noAnswer(attempt time.Duration) outcome {
	return outcome{kind: probe.Unreachable, err: "no answer within " + attempt.String(), late: true, silent: true}
}

func timedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// alert is the TLS alert that the peer sent, or nil. crypto/tls exports its type for QUIC only.
func alert(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err
	}
	return nil
}

const notHTTP = "the answer is not HTTP/1"

func cause(err error) string {
	var errno syscall.Errno
	var name *net.DNSError
	var record tls.RecordHeaderError
	var address *net.AddrError
	switch {
	case errors.As(err, &errno):
		return errno.Error()
	case errors.As(err, &name):
		return name.Err
	case errors.As(err, &address):
		return address.Err
	case errors.As(err, &record):
		return "the answer is not TLS"
	case alert(err) != nil:
		return alert(err).Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		strings.Contains(err.Error(), "server closed idle connection"):
		return "connection closed without an answer"
	case strings.HasPrefix(err.Error(), "tls: "):
		return err.Error()
	}
	return notHTTP
}
