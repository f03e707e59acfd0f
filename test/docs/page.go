// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"regexp"
	"strings"
)

// Piece is a block of code of a page, up to an empty line; or what stands between backquotes in a sentence or a table.
type Piece struct {
	Page    string
	Line    int
	Heading string // the nearest above
	Text    string // without indentation
	Inline  bool
	// Follows says that only empty lines are between this block and the one before it.
	Follows bool
}

var (
	headingLine = regexp.MustCompile(`^#{1,6} +(.*)$`)
	listItem    = regexp.MustCompile(`^ *(?:[-*]|\d+\.) +`)
	codeSpan    = regexp.MustCompile("`([^`]+)`")
)

const fence = "```"

// Read returns the pieces of a page in Markdown, in their order.
func Read(page, markdown string) []Piece {
	r := reader{page: page}
	fenced, blank := false, true
	for i, line := range strings.Split(markdown, "\n") {
		bare := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case bare == "":
			r.endCode()
			r.endText()
		case strings.HasPrefix(bare, fence):
			r.endCode()
			r.endText()
			fenced = !fenced
		case fenced:
			r.code.add(i+1, line)
		case indent >= r.list+4 && (blank || len(r.code.lines) > 0):
			r.code.add(i+1, line[r.list+4:])
		default:
			r.endCode()
			r.read(i+1, line, blank && indent < r.list)
		}
		blank = bare == ""
	}
	r.endCode()
	r.endText()
	return r.pieces
}

// reader is how far a page has been read.
type reader struct {
	page, heading string
	pieces        []Piece
	code, text    lines
	// list is how far the text of a list is indented; 0 outside of lists.
	list int
	// follows says that no text has come since the last block.
	follows bool
}

// lines are those of a block or a paragraph that is being read.
type lines struct {
	at    int
	lines []string
}

func (l *lines) add(at int, line string) {
	if len(l.lines) == 0 {
		l.at = at
	}
	l.lines = append(l.lines, line)
}

// read takes a line of text.
func (r *reader) read(at int, line string, endsList bool) {
	r.follows = false
	if item := listItem.FindString(line); item != "" {
		r.endText()
		r.list = len(item)
	} else if endsList {
		r.list = 0
	}
	if heading := headingLine.FindStringSubmatch(line); heading != nil {
		r.endText()
		r.heading = heading[1]
		return
	}
	if strings.HasPrefix(line, "|") {
		r.endText() // each row of a table is a text of its own
	}
	r.text.add(at, line)
}

func (r *reader) endCode() {
	if len(r.code.lines) > 0 {
		r.pieces = append(r.pieces, Piece{Page: r.page, Line: r.code.at, Heading: r.heading, Text: strings.Join(r.code.lines, "\n"), Follows: r.follows})
		r.follows = true
	}
	r.code = lines{}
}

func (r *reader) endText() {
	text := strings.Join(r.text.lines, "\n")
	for _, at := range codeSpan.FindAllStringSubmatchIndex(text, -1) {
		code := strings.ReplaceAll(text[at[2]:at[3]], `\|`, "|") // as tables have it
		r.pieces = append(r.pieces, Piece{
			Page: r.page, Line: r.text.at + strings.Count(text[:at[0]], "\n"), Heading: r.heading, Inline: true,
			Text: strings.Join(strings.Fields(code), " "),
		})
	}
	r.text = lines{}
}
