-- The worst value that a rule's figure had at its latest evaluation, as people read it.

alter table alert_rules add column seen text not null default '';
