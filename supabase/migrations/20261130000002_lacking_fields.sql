-- Fields that some lines of a log do not have, so that each ingestion can say what is not known for lack of them.
alter table measured_files add column lacks text not null default '';   -- their names, with blanks between them
