// Renders the chart as Helm does, as far as the chart needs it: Go's templates, sprig's functions, values over values.
// `go run render.go CHART [a.b=value ...]` prints every manifest. What the chart misspells, such as a value that is not
// in values.yaml, is an error here.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func read(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	must(err)
	var found map[string]interface{}
	must(yaml.Unmarshal(text, &found))
	return found
}

// set puts a value where --set would, and refuses a place that values.yaml does not have.
func set(values map[string]interface{}, setting string) {
	path, text, _ := strings.Cut(setting, "=")
	names := strings.Split(path, ".")
	last := len(names) - 1
	for _, name := range names[:last] {
		inner, is := values[name].(map[string]interface{})
		if !is {
			must(fmt.Errorf("%s: values.yaml has no such place", path))
		}
		values = inner
	}
	if _, is := values[names[last]]; !is {
		must(fmt.Errorf("%s: values.yaml has no such value", path))
	}
	var value interface{}
	must(yaml.Unmarshal([]byte(text), &value))
	values[names[last]] = value
}

func toYaml(value interface{}) (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	err := encoder.Encode(value)
	return strings.TrimSuffix(text.String(), "\n"), err
}

func main() {
	chart := read(filepath.Join(os.Args[1], "Chart.yaml"))
	values := read(filepath.Join(os.Args[1], "values.yaml"))
	for _, setting := range os.Args[2:] {
		set(values, setting)
	}
	about := map[string]interface{}{
		"Values":  values,
		"Chart":   map[string]interface{}{"Name": chart["name"], "AppVersion": chart["appVersion"]},
		"Release": map[string]interface{}{"Name": "pact", "Namespace": "default"},
	}
	files, err := filepath.Glob(filepath.Join(os.Args[1], "templates", "*.yaml"))
	must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		functions := sprig.TxtFuncMap()
		functions["toYaml"] = toYaml
		parsed, err := template.New(filepath.Base(file)).Option("missingkey=error").Funcs(functions).Parse(string(text))
		must(err)
		fmt.Println("---")
		must(parsed.Execute(os.Stdout, about))
	}
}
