// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"fmt"
	"io/fs"
	"path"

	"sigs.k8s.io/yaml"
)

// brokenForms are findings about the issue forms: GitHub does not show one that lacks a field.
func brokenForms(tree fs.FS) ([]string, error) {
	found := []string{}
	forms, err := fs.Glob(tree, issueForms+"/*")
	for _, file := range forms {
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, err
		}
		var form struct {
			Name, Description string
			Body              []struct {
				Type, ID   string
				Attributes struct{ Label, Value string }
			}
		}
		switch err := yaml.Unmarshal(text, &form); {
		case err != nil:
			found = append(found, fmt.Sprintf("%s: %v", file, err))
			continue
		case path.Base(file) == "config.yml":
			continue
		case form.Name == "" || form.Description == "" || len(form.Body) == 0:
			found = append(found, file+": has no name, no description, or no body")
		}
		for i, field := range form.Body {
			if field.Type == "markdown" && field.Attributes.Value == "" || field.Type != "markdown" && (field.ID == "" || field.Attributes.Label == "") {
				found = append(found, fmt.Sprintf("%s: body[%d] of type %s has no id, or no label", file, i, field.Type))
			}
		}
	}
	return found, err
}
