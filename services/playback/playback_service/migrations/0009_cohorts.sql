-- The class or group of the course that the learner belongs to, as the LMS calls it.
ALTER TABLE enrollments ADD COLUMN cohort text;
