// SPDX-License-Identifier: Apache-2.0

// Package changes makes the changes that the demo needs on a cluster which others use, too, and takes them back.
//
// A Record, which is in a ConfigMap of that cluster, says what is about to be changed and what was there before. It is
// written before each change, so that also a demo that was killed can be taken back.
//
// Objects that the demo creates have a label. What exists without that label is used as it is, and never changed or
// deleted. Only ConfigMaps get keys beside those of others; a key that was changed by others since then stays as it is.
package changes
