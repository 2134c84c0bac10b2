--TEST--
Whoever makes a mistake with the command reads what was wrong, in the words that were typed, and what to write
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/command.inc';

$directory = realpath(sys_get_temp_dir()) . '/lyger-mistakes-' . getmypid();
mkdir("$directory/public", 0700, true);
$files = [
    'app.php' => '<?php return fn(string $uri) => "hello";',
    'number.php' => '<?php return 42;',
    'page.php' => '<?php echo "<p>a page</p>\n";',
    'exits.php' => '<?php echo "<p>a page</p>\n"; exit;',
    'public/style.css' => 'p { }',
    'lines.ini' => "; comments\nworkers\n",
    'unknown.ini' => "wrokers = 2\n",
    'wrong.ini' => "\n[lyger]\nworkers = \"0\" ; none\n",
    'twice.ini' => "port = 0\nport = 1\n",
    'section.ini' => "[server]\nport = 0\n",
    'root.ini' => "root = nowhere\n",
    'set.ini' => "set = port\n",
];
foreach ($files as $file => $text) {
    file_put_contents("$directory/$file", $text);
}
$taken = stream_socket_server('tcp://127.0.0.1:0');
$port = substr(strrchr(stream_socket_get_name($taken, false), ':'), 1);

$mistakes = [
    '',
    'servve app.php', 'app.php', 'start app.php', 'stop', 'reload', '--port=80 app.php',
    'serve', 'serve nowhere.php', 'serve public', 'serve 8080 app.php', 'serve localhost:8080', 'serve app.php page.php',
    'serve -p 80 app.php', 'serve -p80 app.php', 'serve -S 127.0.0.1:80 app.php', 'serve -d memory_limit=1G app.php', 'serve -x app.php',
    'serve --port', 'serve --port --workers=1 app.php', 'serve --port=99999 app.php', 'serve --port=http app.php', 'serve --port= app.php',
    'serve --workers=0 app.php', 'serve --workers=many app.php', 'serve --workers=1.5 app.php', 'serve --timeout=30s app.php',
    'serve --timeout=-1 app.php', 'serve --user=nobodyx app.php', 'serve --group=nogroup app.php', 'serve --root=nowhere app.php',
    'serve --watch=nowhere app.php', 'serve --log-format=xml app.php', 'serve --max-body-size=64X app.php', 'serve --max-body-size=-1 app.php',
    'serve --max-body-size app.php', 'serve --set=max_body_size app.php', 'serve --set=max_body_size=much app.php',
    'serve --socket-mode=0999 app.php', 'serve --compress=perhaps app.php', 'serve --health-path=health app.php', 'serve --status=status app.php',
    'serve --body-directory=nowhere app.php', 'serve --wrokers=2 app.php', 'serve --max_boody_size=1 app.php', 'serve --set=wrokers=2 app.php', 'serve --quick app.php',
    'serve --listen=80 app.php', 'serve --daemon app.php', 'serve --tls app.php', 'serve --host=localhost:80 app.php',
    "serve --host=127.0.0.1 --port=$port app.php", 'serve --port=0 number.php', 'serve --port=0 page.php', 'serve --port=0 exits.php',
    'serve --config', 'serve --config=nowhere.ini', 'serve --config=lines.ini', 'serve --config=unknown.ini app.php', 'serve --config=wrong.ini app.php', 'serve --config=twice.ini',
    'serve --config=section.ini', 'serve --config=root.ini', 'serve --config=set.ini', 'serve --port=0 --host=unix: app.php',
];
foreach (array_chunk($mistakes, 8) as $lines) {
    $started = array_map(static fn(string $line) => start_command($line === '' ? [] : explode(' ', $line), $directory), $lines);
    foreach ($lines as $i => $line) {
        [$status, $said] = end_command($started[$i]);
        // The banner is fine, and the help is read elsewhere.
        $said = preg_replace(['/^\n  lyger .*\n  \/.*\n(  \w.*\n)*\n/m', '/^lyger: keep.*/s'], ['', '(help)'], $said);
        $said = str_replace([$directory, $port], ['DIRECTORY', 'PORT'], trim($said));
        echo '$ lyger ', str_replace($port, 'PORT', $line), "\n$status ", $said, "\n";
    }
}
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
$ lyger 
0 (help)
$ lyger servve app.php
2 lyger: there is no command "servve"; write lyger serve app.php
$ lyger app.php
2 lyger: there is no command "app.php"; write lyger serve app.php
$ lyger start app.php
2 lyger: there is no command "start"; write lyger serve app.php
$ lyger stop
2 lyger: there is no command "stop"; a server is stopped by Ctrl-C, or by kill and its process number (--pid-file)
$ lyger reload
2 lyger: there is no command "reload"; a server is reloaded by kill -HUP and its process number (--pid-file)
$ lyger --port=80 app.php
2 lyger: there is no command "--port=80"; options follow the command: lyger serve --port=8000 app.php
$ lyger serve
2 lyger: nothing to serve was found in DIRECTORY: no index.php or index.html in public/, web/, webroot/, pub/, public_html/, htdocs/, www/, docroot/ or in the folder itself.
app.php is here too: lyger serve app.php keeps the application loaded
Name the directory of the scripts, lyger serve --root=DIRECTORY, or a file that returns a handler or asks for requests, lyger serve app.php
$ lyger serve nowhere.php
2 lyger: there is no file "nowhere.php" in DIRECTORY
$ lyger serve public
2 lyger: nothing to serve was found in DIRECTORY/public: no index.php or index.html in public/, web/, webroot/, pub/, public_html/, htdocs/, www/, docroot/ or in the folder itself.
Name the directory of the scripts, lyger serve --root=DIRECTORY, or a file that returns a handler or asks for requests, lyger serve app.php
$ lyger serve 8080 app.php
2 lyger: one application at a time: "8080" or "app.php"? A port is written --port=8080
$ lyger serve localhost:8080
2 lyger: "localhost:8080" is no file: write lyger serve --host=localhost --port=8080 app.php
$ lyger serve app.php page.php
2 lyger: one application at a time: "app.php" or "page.php"?
$ lyger serve -p 80 app.php
2 lyger: there is no option -p: write --port=80
$ lyger serve -p80 app.php
2 lyger: there is no option -p80: write --port=80
$ lyger serve -S 127.0.0.1:80 app.php
2 lyger: there is no option -S: write --host=127.0.0.1 --port=80
$ lyger serve -d memory_limit=1G app.php
2 lyger: there is no option -d: write php -d memory_limit=1G lyger serve …, with the path of lyger
$ lyger serve -x app.php
2 lyger: there is no option -x: write --NAME=VALUE; `lyger help` lists them
$ lyger serve --port
2 lyger: --port needs a value: --port=…
$ lyger serve --port --workers=1 app.php
2 lyger: --port needs a value: --port=…
$ lyger serve --port=99999 app.php
2 lyger: --port must be between 0 and 65535, 99999 given
$ lyger serve --port=http app.php
2 lyger: --port must be a whole number, "http" given
$ lyger serve --port= app.php
2 lyger: --port must be a whole number, "" given
$ lyger serve --workers=0 app.php
2 lyger: --workers must be between 1 and 508, 0 given
$ lyger serve --workers=many app.php
2 lyger: --workers must be a whole number, "many" given
$ lyger serve --workers=1.5 app.php
2 lyger: --workers must be a whole number, 1.5 given
$ lyger serve --timeout=30s app.php
2 lyger: --timeout must be a number of seconds, "30s" given
$ lyger serve --timeout=-1 app.php
2 lyger: --timeout must be between 0 and 86400 seconds, -1 given
$ lyger serve --user=nobodyx app.php
2 lyger: --user must be a name or number that this system knows, "nobodyx" given
$ lyger serve --group=nogroup app.php
2 lyger: --group needs a user beside it
$ lyger serve --root=nowhere app.php
2 lyger: --root must be a directory: there is none "nowhere" in DIRECTORY
$ lyger serve --watch=nowhere app.php
2 lyger: --watch must be a directory: there is none "nowhere" in DIRECTORY
$ lyger serve --log-format=xml app.php
2 lyger: --log-format must be "combined", "json" or "terminal", "xml" given
$ lyger serve --max-body-size=64X app.php
2 lyger: --max-body-size must be a number of bytes, such as 65536, "64K" or "8M", "64X" given
$ lyger serve --max-body-size=-1 app.php
2 lyger: --max-body-size must be between 0 and 1000000000000000 bytes, "-1" given
$ lyger serve --max-body-size app.php
2 lyger: --max-body-size must be a number of bytes, such as 65536, "64K" or "8M", nothing given
$ lyger serve --set=max_body_size app.php
2 lyger: --set needs NAME=VALUE, as in --set=max_body_size=64M; not "max_body_size"
$ lyger serve --set=max_body_size=much app.php
2 lyger: --set=max_body_size must be a number of bytes, such as 65536, "64K" or "8M", "much" given
$ lyger serve --socket-mode=0999 app.php
2 lyger: --socket-mode must be permissions between 0 and 0777, such as 0660, "0999" given
$ lyger serve --compress=perhaps app.php
2 lyger: --compress must be true or false, "perhaps" given
$ lyger serve --health-path=health app.php
2 lyger: --health-path must be a path such as /health, "health" given
$ lyger serve --status=status app.php
2 lyger: --status must be a path such as /-/lyger, "status" given
$ lyger serve --body-directory=nowhere app.php
2 lyger: --body-directory must be a directory: nowhere cannot be opened: No such file or directory
$ lyger serve --wrokers=2 app.php
2 lyger: there is no option --wrokers; did you mean --workers?
$ lyger serve --max_boody_size=1 app.php
2 lyger: there is no option --max_boody_size; did you mean --max-body-size?
$ lyger serve --set=wrokers=2 app.php
2 lyger: there is no option --set=wrokers; did you mean --workers?
$ lyger serve --quick app.php
2 lyger: there is no option --quick; `lyger help` lists them
$ lyger serve --listen=80 app.php
2 lyger: there is no option --listen: write --host=ADDRESS and --port=N
$ lyger serve --daemon app.php
2 lyger: there is no option --daemon: write "&" at the end of the line, or a systemd unit (docs/operations.md)
$ lyger serve --tls app.php
2 lyger: there is no option --tls: write nginx or Caddy in front (docs/operations.md)
$ lyger serve --host=localhost:80 app.php
1 lyger: --host must be a name or address of this machine without a port, or unix:/path, "localhost:80" given: Name or service not known
$ lyger serve --host=127.0.0.1 --port=PORT app.php
1 lyger: cannot listen on 127.0.0.1 port PORT: Address already in use; another process listens there, and port 0 picks a free one
$ lyger serve --port=0 number.php
2 lyger: "DIRECTORY/number.php" has ended and serves nothing: it returned int and asked for no request. Either it returns the handler,
  return function (string $uri, string $method, array $data) { return "hello"; };
or it asks for one request after the other,
  while (lyger_handle_request(function () { echo "hello"; })) { }
A script that answers one request and ends, as index.php does, is served by its directory: lyger serve --root=DIRECTORY
$ lyger serve --port=0 page.php
2 <p>a page</p>
lyger: "DIRECTORY/page.php" has ended and serves nothing: it returned nothing and asked for no request. Either it returns the handler,
  return function (string $uri, string $method, array $data) { return "hello"; };
or it asks for one request after the other,
  while (lyger_handle_request(function () { echo "hello"; })) { }
A script that answers one request and ends, as index.php does, is served by its directory: lyger serve --root=DIRECTORY
$ lyger serve --port=0 exits.php
2 <p>a page</p>

lyger: "DIRECTORY/exits.php" has ended and serves nothing: it ended by exit() and asked for no request. Either it returns the handler,
  return function (string $uri, string $method, array $data) { return "hello"; };
or it asks for one request after the other,
  while (lyger_handle_request(function () { echo "hello"; })) { }
A script that answers one request and ends, as index.php does, is served by its directory: lyger serve --root=DIRECTORY
$ lyger serve --config
2 lyger: --config needs a value: --config=…
$ lyger serve --config=nowhere.ini
2 lyger: --config must be a file that can be read: "nowhere.ini" in DIRECTORY
$ lyger serve --config=lines.ini
2 lyger: lines.ini, line 2: a line is "name = value", "[php]" or a comment after ";", not "workers"
$ lyger serve --config=unknown.ini app.php
2 lyger: there is no option wrokers (unknown.ini, line 1); did you mean --workers?
$ lyger serve --config=wrong.ini app.php
2 lyger: workers (wrong.ini, line 3) must be between 1 and 508, 0 given
$ lyger serve --config=twice.ini
2 lyger: twice.ini, line 2: port stands in line 1 already
$ lyger serve --config=section.ini
2 lyger: section.ini, line 1: there is no section [server]: options of the server stand before any section or in [lyger], PHP's in [php]
$ lyger serve --config=root.ini
2 lyger: root (root.ini, line 1) must be a directory: there is none "DIRECTORY/nowhere" in DIRECTORY
$ lyger serve --config=set.ini
2 lyger: set (set.ini, line 1) is of the command line only
$ lyger serve --port=0 --host=unix: app.php
1 lyger: --host must be unix: and a path of 1 to 107 bytes, "unix:" given
