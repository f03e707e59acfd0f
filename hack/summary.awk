# Reads what a test program says with -test.v and prints one line for each test and each of its cases; for what failed, also what
# it logged; from a panic on, everything.
broken { print; next }
/^panic: / { broken = 1; print; next }
/^=== (RUN|PAUSE|CONT|NAME) / { name = $3; next }
/^ *--- (PASS|SKIP|FAIL): / {
  match($0, /^ */)
  if ($2 == "FAIL:" || RLENGTH <= 4) print
  if ($2 == "FAIL:") printf "%s\n", substr(said[$3], 1, 6000) # a body may be long; the log has all of it
  delete said[$3]
  fflush()
  next
}
/^(PASS|FAIL|ok)/ { print; next }
{ said[name] = said[name] $0 "\n" }
