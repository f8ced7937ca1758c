package bargain

// hit diagnoses a space that cannot be listed, for the reason given.
func (d *diagnosing) hit(why string) error {
	if d.out.Verdict == HasZone {
		return d.readSlack()
	}
	d.why("%s", why)
	return nil
}
