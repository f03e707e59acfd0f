// SPDX-License-Identifier: Apache-2.0

// Package preview tells what a change would do before it is made: which services move to another Gateway, which lose theirs,
// and which get gaps. It runs the controller's selection and translation before and after the change, and compares.
package preview
