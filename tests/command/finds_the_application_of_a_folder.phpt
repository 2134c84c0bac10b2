--TEST--
lyger serve without a file finds the application of the folder, says what it found, and names files that keep it loaded
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
require __DIR__ . '/../inc/scripts.inc';
require __DIR__ . '/../inc/command.inc';

$top = realpath(sys_get_temp_dir()) . '/lyger-finds-' . getmypid();
$script = '<?php echo $_SERVER["SCRIPT_NAME"], " of ", basename($_SERVER["DOCUMENT_ROOT"]);';
$projects = [
    'symfony' => ['composer.json' => '{}', 'public/index.php' => $script, 'index.php' => 'not this'],
    'drupal' => ['web/index.php' => $script, 'composer.json' => '{}'],
    'cake' => ['index.php' => 'not this', 'webroot/index.php' => $script],
    'magento' => ['index.php' => 'not this', 'pub/index.php' => $script],
    'htdocs' => ['htdocs/index.php' => $script],
    'www' => ['www/index.php' => $script, 'public/style.css' => ''],
    'hosting' => ['public_html/index.php' => $script],
    'docroot' => ['docroot/index.php' => $script],
    'wordpress' => ['index.php' => $script, 'wp-admin/index.php' => 'not this'],
    'static' => ['public/index.html' => "a page\n"],
    'loaded' => ['public/index.php' => $script, 'worker.php' => '<?php while (frankenphp_handle_request(fn() => 1)) { }',
        'rector.php' => '<?php return static function (RectorConfig $config) { };', 'public/octane.php' => '<?php lyger_handle_request(fn() => 1);'],
    'nothing' => ['app.php' => "<?php\nreturn static fn(string \$uri) => 'a handler';", 'readme.md' => ''],
    'empty' => ['vendor/index.php' => 'not this'],
];

/** What the command says, and what it answers to GET / and GET /nowhere. */
function served(array $arguments, string $directory): string
{
    [$process, $from] = $command = start_command(['serve', '--port=0', '--workers=1', ...$arguments], $directory, ['NO_COLOR' => '1']);
    $said = '';
    while (!preg_match('~listening on http://127.0.0.1:(\d+)~', $said, $found) && !feof($from)) {
        $said .= fread($from, 8192);
    }
    $answers = '';
    foreach ($found ? ['/', '/nowhere'] : [] as $path) {
        $socket = stream_socket_client("tcp://127.0.0.1:$found[1]");
        fwrite($socket, "GET $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        $answer = Server::parse(stream_get_contents($socket));
        $answers .= "  $path: $answer->status " . trim(trim($answer->body) . " " . $answer->field("cache-control")) . "\n";
    }
    proc_terminate($process);
    [$status, $rest] = end_command($command);
    return preg_replace(['/^\n  lyger \d.*\n/m', '/^(  memory |listening on |stopping).*\n/m', '/^\n/m'], '', $said . $rest) . $answers . "  status $status\n";
}

foreach ($projects as $name => $files) {
    Scripts::write("$top/$name", $files);
    echo "$name\n", str_replace($top, 'TOP', served([], "$top/$name"));
}
echo "a directory is named\n", str_replace($top, 'TOP', served(['loaded'], $top)), str_replace($top, 'TOP', served(['public'], "$top/symfony"));
echo "watched\n", str_replace($top, 'TOP', served(['--watch'], "$top/static"));
mkdir("$top/symfony/packages/inner/public", 0700, true);
file_put_contents("$top/symfony/packages/inner/public/index.php", $script);
foreach ([['symfony', 'TOP/symfony'], ['symfony/packages/inner', 'TOP/symfony'], ['wordpress', 'TOP/wordpress'], ['cake', 'TOP/cake/webroot']] as [$name, $expected]) {
    preg_match('/^  watching (.*)$/m', served(['--watch'], "$top/$name"), $found);
    echo str_replace($top, 'TOP', $found[1]) === $expected ? "$name: as expected\n" : "$name: $found[1]\n";
}
exec('rm -r ' . escapeshellarg($top));
?>
--EXPECT--
symfony
  public/index.php: scripts below TOP/symfony/public, as nginx with PHP-FPM runs them
  /: 200 /index.php of public
  /nowhere: 200 /index.php of public
  status 0
drupal
  web/index.php: scripts below TOP/drupal/web, as nginx with PHP-FPM runs them
  /: 200 /index.php of web
  /nowhere: 200 /index.php of web
  status 0
cake
  webroot/index.php: scripts below TOP/cake/webroot, as nginx with PHP-FPM runs them
  /: 200 /index.php of webroot
  /nowhere: 200 /index.php of webroot
  status 0
magento
  pub/index.php: scripts below TOP/magento/pub, as nginx with PHP-FPM runs them
  /: 200 /index.php of pub
  /nowhere: 200 /index.php of pub
  status 0
htdocs
  htdocs/index.php: scripts below TOP/htdocs/htdocs, as nginx with PHP-FPM runs them
  /: 200 /index.php of htdocs
  /nowhere: 200 /index.php of htdocs
  status 0
www
  www/index.php: scripts below TOP/www/www, as nginx with PHP-FPM runs them
  /: 200 /index.php of www
  /nowhere: 200 /index.php of www
  status 0
hosting
  public_html/index.php: scripts below TOP/hosting/public_html, as nginx with PHP-FPM runs them
  /: 200 /index.php of public_html
  /nowhere: 200 /index.php of public_html
  status 0
docroot
  docroot/index.php: scripts below TOP/docroot/docroot, as nginx with PHP-FPM runs them
  /: 200 /index.php of docroot
  /nowhere: 200 /index.php of docroot
  status 0
wordpress
  index.php: scripts below TOP/wordpress, as nginx with PHP-FPM runs them
  /: 200 /index.php of wordpress
  /nowhere: 200 /index.php of wordpress
  status 0
static
  public/index.html: files below TOP/static/public, and scripts as nginx with PHP-FPM runs them
  /: 200 a page
  /nowhere: 404 File not found.
  status 0
loaded
  public/index.php: scripts below TOP/loaded/public, as nginx with PHP-FPM runs them
  hint worker.php is here too: lyger serve worker.php keeps the application loaded
  hint public/octane.php is here too: lyger serve public/octane.php keeps the application loaded
  /: 200 /index.php of public
  /nowhere: 200 /index.php of public
  status 0
nothing
lyger: nothing to serve was found in TOP/nothing: no index.php or index.html in public/, web/, webroot/, pub/, public_html/, htdocs/, www/, docroot/ or in the folder itself.
app.php is here too: lyger serve app.php keeps the application loaded
Name the directory of the scripts, lyger serve --root=DIRECTORY, or a file that returns a handler or asks for requests, lyger serve app.php
  status 2
empty
lyger: nothing to serve was found in TOP/empty: no index.php or index.html in public/, web/, webroot/, pub/, public_html/, htdocs/, www/, docroot/ or in the folder itself.
Name the directory of the scripts, lyger serve --root=DIRECTORY, or a file that returns a handler or asks for requests, lyger serve app.php
  status 2
a directory is named
  public/index.php: scripts below TOP/loaded/public, as nginx with PHP-FPM runs them
  hint worker.php is here too: lyger serve TOP/loaded/worker.php keeps the application loaded
  hint public/octane.php is here too: lyger serve TOP/loaded/public/octane.php keeps the application loaded
  /: 200 /index.php of public
  /nowhere: 200 /index.php of public
  status 0
  index.php: scripts below TOP/symfony/public, as nginx with PHP-FPM runs them
  /: 200 /index.php of public
  /nowhere: 200 /index.php of public
  status 0
watched
  public/index.html: files below TOP/static/public, and scripts as nginx with PHP-FPM runs them
  watching TOP/static/public
  /: 200 a page no-cache
  /nowhere: 404 File not found.
  status 0
symfony: as expected
symfony/packages/inner: as expected
wordpress: as expected
cake: as expected
