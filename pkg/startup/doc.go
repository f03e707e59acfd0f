// SPDX-License-Identifier: Apache-2.0

// Package startup checks that a program is installed where it can work. If it is not, the program ends with a sentence
// that says what to do. It does not know what the program is for.
package startup
