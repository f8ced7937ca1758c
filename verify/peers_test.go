package verify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/verify"
)

// Certificates that somebody forged are refused: as they are, by their version, and rewritten in today's form, by
// the claim that is false. True ones that lie beside them hold once they are rewritten.
func TestForgedCertificates(t *testing.T) {
	dir := trials.Peers(t, "attacks", "cert")
	for _, test := range []struct{ certificate, of, claim string }{
		{"forged_ks_any", "free", "party left"},
		{"forged_nash", "free", "party left"},
		{"forged_nash_bound", "nogain", "nash"},
		{"forged_redline", "redline", "nash"},
		{"forged_blocking", "block", "blocking set 1"},
		{"forged_concession", "block", "blocking set 1"},
		{"free", "free", ""}, {"small", "small", ""}, {"redline", "redline", ""}, {"nogain", "nogain", ""}, {"block", "block", ""}, {"blockd", "block", ""},
	} {
		file, err := casefile.Open(filepath.Join(dir, test.of+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := file.Case.Compile(casefile.Choice{})
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, test.certificate+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var old *verify.VersionError
		if err := checkAny(s, data); !errors.As(err, &old) || old.Version != 1 {
			t.Errorf("%s: %v, want that it is of version 1", test.certificate, err)
		}
		err = checkAny(s, renewed(t, data))
		var refusal *verify.Refusal
		if test.claim == "" && err != nil || test.claim != "" && (!errors.As(err, &refusal) || refusal.Claim != test.claim) {
			t.Errorf("%s, in today's form: %v, want a refusal of %q", test.certificate, err, test.claim)
		}
	}
}

// renewed puts a certificate of version 1 into the form of version 2.
func renewed(t *testing.T, data []byte) []byte {
	if bytes.Contains(data, []byte("goodoffices_diagnosis")) {
		c := new(verify.Diagnosis)
		if err := json.Unmarshal(data, c); err != nil {
			t.Fatal(err)
		}
		c.Version = verify.DiagnosisVersion
		c.State()
		return written(t, c)
	}
	c := new(verify.Certificate)
	if err := json.Unmarshal(data, c); err != nil {
		t.Fatal(err)
	}
	c.Version = verify.Version
	c.State()
	return written(t, c)
}
