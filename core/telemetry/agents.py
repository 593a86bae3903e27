"""Agents: which device asks, and whether a person sits before it, by the agent's name and one visible table."""

import re
from urllib.parse import unquote

BOT = "bot"
#: The first rule that is found in an agent's name, in small letters, decides; where none is, the device is "other".
RULES = tuple(
    (device, re.compile(pattern))  # five times quicker than one for either case
    for device, pattern in (
        # health checks of load balancers, DNS, clusters and monitoring services
        (BOT, r"health-?check|kube-probe|googlehc|uptime|pingdom|statuscake|site24x7|monitis|nagios|datadog|zabbix"),
        # crawlers, and services that look at a page for their own users
        (BOT, r"bot\b|bot[/;_-]|crawl|spider|slurp|facebookexternalhit|mediapartners|bingpreview|archive\.org|scrap"),
        # scripts and command lines
        (BOT, r"^(curl|wget|python|java|go-http|node|axios|ruby|perl|php|libwww|aws-cli|boto|postman|insomnia|scrapy)"),
        (BOT, r"python-requests|python-urllib|aiohttp|httpx|headlesschrome|phantomjs|apachebench|k6/|jmeter"),
        ("tv", r"smart-?tv|hbbtv|tizen.*tv|web0s|webos.*tv|netcast|apple ?tv|tvos|roku|bravia|\baft[a-z]|android ?tv"),
        ("tv", r"googletv|crkey|playstation|xbox|nintendo|viera|philipstv"),
        ("tablet", r"ipad"),
        ("phone", r"iphone|ipod"),
        ("player", r"exoplayer|media3|vlc|libvlc|lavf|libmpv|\bmpv|kodi|stagefright|gstreamer|ffmpeg|potplayer"),
        ("phone", r"android.*mobile|windows phone|mobile.*firefox|blackberry|opera mini"),
        ("tablet", r"android|tablet|kindle|silk"),
        ("desktop", r"windows nt|macintosh|mac os x|x11|cros|linux"),
        ("player", r"applecoremedia|okhttp|cfnetwork|dalvik|quicktime|nsplayer"),
    )
)


def device(agent: str) -> str:
    """phone | tablet | desktop | tv | player | bot | other, from an agent's name as logs have it, encoded or not."""
    name = unquote(unquote(agent)).lower()
    return next((device for device, pattern in RULES if pattern.search(name)), "other")
