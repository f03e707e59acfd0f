// SPDX-License-Identifier: Apache-2.0

package output

import "strings"

// Shell writes a command behind words that say what it is for. It can be copied whole: a line that ends within the command has a
// backslash at its end. What stands behind it as a comment of the shell follows in lines of its own if there is no room.
func (p *Paper) Shell(words, command string) {
	words, command = Clean(words), Clean(command)
	if p.Width <= 0 || length(words+command) <= p.Width {
		p.WriteString(words + command + "\n")
		return
	}
	comment := ""
	if at := strings.Index(command, "   # "); at >= 0 {
		command, comment = command[:at], command[at+len("   # "):]
	}
	lead, further := words, p.below(length(words))
	room := p.Width - len(` \`)
	lines := arguments(command, room-length(words), room-length(further))
	for i, line := range lines {
		end := ` \`
		if i == len(lines)-1 {
			end = ""
		}
		p.WriteString(lead + line + end + "\n")
		lead = further
	}
	if comment != "" {
		p.wrapped(further+"# ", length(further)+2, further+"# ", comment)
	}
}

// arguments breaks a command into lines between arguments: the first may have first columns, the others rest.
func arguments(command string, first, rest int) []string {
	lines, line, room := []string{}, "", first
	for _, argument := range split(command) {
		if len(lines) > 0 {
			room = rest
		}
		switch {
		case line == "":
			line = argument
		case length(line+" "+argument) > room:
			lines, line = append(lines, line), argument
		default:
			line += " " + argument
		}
	}
	return append(lines, line)
}

// split splits a command at the spaces that are not within quotes.
func split(command string) []string {
	found, argument, quote, escaped := []string{}, strings.Builder{}, rune(0), false
	for _, char := range command {
		switch {
		case escaped:
			escaped = false
		case char == '\\' && quote != '\'':
			escaped = true
		case char == ' ' && quote == 0:
			found = append(found, argument.String())
			argument.Reset()
			continue
		case quote == 0 && (char == '\'' || char == '"'):
			quote = char
		case char == quote:
			quote = 0
		}
		argument.WriteRune(char)
	}
	return append(found, argument.String())
}
