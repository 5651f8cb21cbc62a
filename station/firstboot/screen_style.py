"""How the setup screen looks, at 85 by 20 cells and larger; the colours are the kiosk's."""

from typing import Final

STYLE: Final = """
Screen { background: $field; color: $paper; layout: vertical; overflow: hidden; }
#header { height: 1; background: $bar; padding: 0 1; }
#title { width: 1fr; color: $amber; text-style: bold; }
#station { width: auto; }
ContentSwitcher { height: 1fr; }
#state, #keys, #camera { height: 100%; }
#name { height: 1; text-align: center; width: 1fr; text-style: bold; color: $amber; }
#fingerprint-words { height: 1; text-align: center; width: 1fr; }
#fingerprint { height: 2; text-align: center; width: 1fr; text-style: bold; background: $bar; }
#middle { height: 1fr; padding: 1 1 1 1; }
#steps { width: 32; height: 100%; }
#message { width: 1fr; height: 100%; background: $sheet; color: $ink; padding: 0 2; }
#message.-ask { background: $amber; }
#message.-bad { background: $red; color: $paper; }
#message.-good { background: $good-sheet; color: $good-ink; }
#message-title { height: 1; text-style: bold; width: 1fr; }
#message-text { height: auto; width: 1fr; }
.row { height: 5; padding: 0 1; }
Turn { width: 1fr; height: 5; background: $tag; color: $paper; content-align: center middle; text-align: center; }
Turn.primary { background: $amber; color: $ink; }
Turn:focus { background: $paper; color: $ink; }
Turn.-pressed, Turn.primary.-pressed { background: $good; color: $ink; }
.row Turn { margin: 0 1 0 0; height: 100%; }
.row Turn:last-child { margin: 0; }
#language { width: 16; }
#keys-words { height: 1; width: 1fr; text-align: center; color: $amber; }
#typed { height: 1; width: 1fr; text-align: center; text-style: bold; background: $paper; color: $ink; }
#keys-said { height: 1; width: 1fr; text-align: center; text-style: bold; }
#pad { height: 1fr; min-height: 15; grid-size: 12 3; grid-rows: 1fr; grid-columns: 1fr; grid-gutter: 0 1; }
#pad { padding: 0 1; }
#pad Turn { height: 100%; background: $sheet; color: $ink; }
#pad #erase, #pad #keys-back { background: $tag; color: $paper; }
#pad #ok { column-span: 2; background: $off-sheet; color: $off-ink; }
#pad #ok.primary { background: $amber; color: $ink; }
#pad Turn.-pressed { background: $good; color: $ink; }
#camera-words { height: 1; width: 1fr; text-align: center; color: $amber; }
#picture { height: 1fr; width: 1fr; content-align: center middle; text-align: center; }
#camera-said { height: 1; width: 1fr; text-align: center; text-style: bold; }
"""
