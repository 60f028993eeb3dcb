from fontTools.ttLib import TTFont as TTFont
