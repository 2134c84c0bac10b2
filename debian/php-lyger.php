mod debian/lyger.ini
