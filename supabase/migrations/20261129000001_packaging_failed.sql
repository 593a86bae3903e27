-- What viewers of each video get: packaged | failed | original | nothing. Failed: its packaging has, and there are no
-- renditions of an earlier one; such videos could not be told from those that wait to be packaged.
drop view states;
create view states as
select v.id, case
    when s.provider is null then 'nothing'
    when exists (
        select 1 from objects o where o.video_id = v.id and o.provider = s.provider and o.name = 'master.m3u8'
    ) then 'packaged'
    when exists (select 1 from packagings p where p.video_id = v.id and p.state = 'failed') then 'failed'
    else 'original'
end as state
from videos v left join served_copies s on s.video_id = v.id;
