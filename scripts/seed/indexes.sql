-- Brings back the postponed ones of one step (1: unique; 2: the others; 3: foreign keys), those
-- over words apart: they take as long as all others together, so a second session makes them.

set maintenance_work_mem = '512MB';
set synchronous_commit = off;
set statement_timeout = 0;

select definition
from seed.postponed
where step = :step and (definition like '% USING gin %') = :over_words
order by relation, name
\gexec
