-- After how many minutes an alert that nobody takes on is told again: 0 never, null as is usual of its severity.

alter table alert_rules add column remind_minutes integer;
