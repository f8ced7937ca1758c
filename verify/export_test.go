package verify

// State makes the first line of a certificate say what the rest of it does.
func (c *Certificate) State() { c.Proves = c.proves() }

// State does the same for a diagnosis.
func (c *Diagnosis) State() { c.Proves = c.proves() }
