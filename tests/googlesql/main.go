// Analyses SQL statements with GoogleSQL, BigQuery's own parser and analyser, against schemas that it is given.
//
// Reads one JSON object from stdin: tables with their columns, and statements in the order in which they build on
// one another. Writes one JSON list to stdout: for each statement its error, empty if there is none, and the
// columns that it yields. It knows nothing of partition filters, quotas or cost.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	sql "github.com/goccy/go-googlesql"
)

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Mode string `json:"mode,omitempty"`
}

type table struct {
	Dataset string   `json:"dataset"`
	Name    string   `json:"name"`
	Columns []column `json:"columns"`
}

type statement struct {
	Name       string   `json:"name"`
	SQL        string   `json:"sql"`
	Parameters []column `json:"parameters"`
	// "view" or "function": later statements read what this one creates as dataset.name
	Creates string   `json:"creates"`
	Dataset string   `json:"dataset"`
	Takes   []column `json:"takes"`
}

type input struct {
	Tables     []table     `json:"tables"`
	Statements []statement `json:"statements"`
}

type verdict struct {
	Name    string   `json:"name"`
	Error   string   `json:"error"`
	Columns []column `json:"columns"`
}

type analyser struct {
	language *sql.LanguageOptions
	types    *sql.TypeFactory
	root     *sql.SimpleCatalog
	datasets map[string]*sql.SimpleCatalog
	// what the catalogs point at: collected while they still do, it would be gone
	kept []any
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func newAnalyser() *analyser {
	language := must(sql.NewLanguageOptions())
	check(language.EnableMaximumLanguageFeatures())
	check(language.SetSupportsAllStatementKinds())
	check(language.SetProductMode(sql.ProductModeProductExternal))
	types := must(sql.NewTypeFactory())
	root := must(sql.NewSimpleCatalog("project", types))
	check(root.AddBuiltinFunctionsAndTypes(&sql.BuiltinFunctionOptions{LanguageOptions: language}))
	return &analyser{language: language, types: types, root: root, datasets: map[string]*sql.SimpleCatalog{}}
}

func (a *analyser) dataset(name string) *sql.SimpleCatalog {
	if found, ok := a.datasets[name]; ok {
		return found
	}
	made := must(sql.NewSimpleCatalog(name, a.types))
	check(a.root.AddCatalog2(name, made))
	a.datasets[name] = made
	return made
}

func (a *analyser) analyse(text string, parameters []column) (sql.ResolvedStatementNode, error) {
	options := must(sql.NewAnalyzerOptions2())
	check(options.SetLanguage(a.language))
	for _, parameter := range parameters {
		of, err := a.typeOf(parameter)
		if err != nil {
			return nil, err
		}
		check(options.AddQueryParameter(parameter.Name, of))
	}
	output, err := sql.AnalyzeStatement(text, options, a.root, a.types)
	if err != nil {
		return nil, err
	}
	a.kept = append(a.kept, options, output)
	return output.ResolvedStatement()
}

// The type that GoogleSQL gives to a column's declaration.
func (a *analyser) typeOf(declared column) (sql.Googlesql_TypeNode, error) {
	name := declared.Type
	switch name {
	case "INTEGER":
		name = "INT64"
	case "FLOAT":
		name = "FLOAT64"
	case "BOOLEAN":
		name = "BOOL"
	}
	if declared.Mode == "REPEATED" {
		name = "ARRAY<" + name + ">"
	}
	resolved, err := a.analyse("SELECT CAST(NULL AS "+name+")", nil)
	if err != nil {
		return nil, err
	}
	yielded, err := yields(resolved)
	if err != nil {
		return nil, err
	}
	return yielded[0].of, nil
}

type yielded struct {
	name string
	of   sql.Googlesql_TypeNode
}

// The columns that a query yields.
func yields(resolved sql.ResolvedStatementNode) ([]yielded, error) {
	query, ok := resolved.(*sql.ResolvedQueryStmt)
	if !ok {
		return nil, fmt.Errorf("%T is no query", resolved)
	}
	var found []yielded
	for _, output := range must(query.OutputColumnList()) {
		of := must(must(output.Column()).Type())
		found = append(found, yielded{must(output.Name()), of})
	}
	return found, nil
}

func (a *analyser) addTable(dataset, name string, columns []yielded) error {
	made := must(sql.NewSimpleTable(name, 0))
	for _, each := range columns {
		column := must(sql.NewSimpleColumn(name, each.name, each.of, false, true))
		if err := made.AddColumn2(column, false); err != nil {
			return err
		}
		a.kept = append(a.kept, column)
	}
	a.kept = append(a.kept, made)
	return a.dataset(dataset).AddTable2(name, made)
}

func (a *analyser) judge(s statement) ([]yielded, error) {
	if s.Creates == "function" {
		var arguments []string
		for _, argument := range s.Takes {
			arguments = append(arguments, argument.Name+" "+argument.Type)
		}
		text := fmt.Sprintf("CREATE TABLE FUNCTION %s.%s(%s) AS\n%s", s.Dataset, s.Name, strings.Join(arguments, ", "), s.SQL)
		resolved, err := a.analyse(text, nil)
		if err != nil {
			return nil, err
		}
		create, ok := resolved.(*sql.ResolvedCreateTableFunctionStmt)
		if !ok {
			return nil, fmt.Errorf("%T creates no table function", resolved)
		}
		function, err := sql.NewSQLTableValuedFunctionCreate(create)
		if err != nil {
			return nil, err
		}
		a.kept = append(a.kept, create, function)
		return nil, a.dataset(s.Dataset).AddTableValuedFunction2(s.Name, function.TableValuedFunction)
	}
	resolved, err := a.analyse(s.SQL, s.Parameters)
	if err != nil {
		return nil, err
	}
	found, err := yields(resolved)
	if err != nil {
		return nil, err
	}
	if s.Creates == "view" {
		return found, a.addTable(s.Dataset, s.Name, found)
	}
	return found, nil
}

func main() {
	check(sql.Init())
	var given input
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	check(decoder.Decode(&given))
	a := newAnalyser()
	for _, each := range given.Tables {
		var columns []yielded
		for _, declared := range each.Columns {
			columns = append(columns, yielded{declared.Name, must(a.typeOf(declared))})
		}
		check(a.addTable(each.Dataset, each.Name, columns))
	}
	verdicts := []verdict{}
	for _, each := range given.Statements {
		found, err := a.judge(each)
		judged := verdict{Name: each.Name, Columns: []column{}}
		if err != nil {
			judged.Error = err.Error()
		}
		for _, one := range found {
			judged.Columns = append(judged.Columns, column{Name: one.name, Type: must(one.of.DebugString(false))})
		}
		verdicts = append(verdicts, judged)
	}
	check(json.NewEncoder(os.Stdout).Encode(verdicts))
}
