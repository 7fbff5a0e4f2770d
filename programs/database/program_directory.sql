-- The directory of programs: everyone reads it, a program's own people change its row only,
-- a new program is a new row, and none is ever deleted.
ALTER TABLE programs_program ENABLE ROW LEVEL SECURITY;
ALTER TABLE programs_program FORCE ROW LEVEL SECURITY;
CREATE POLICY directory_read ON programs_program FOR SELECT USING (true);
CREATE POLICY directory_add ON programs_program FOR INSERT WITH CHECK (true);
CREATE POLICY directory_change ON programs_program FOR UPDATE USING (id = (SELECT current_program()));
REVOKE DELETE, TRUNCATE ON programs_program FROM sc_app;
REVOKE DELETE, TRUNCATE ON programs_user FROM sc_app;
