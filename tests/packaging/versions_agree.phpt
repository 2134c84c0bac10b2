--TEST--
The extension, package.xml, composer.json, the PHP and Debian packages and the changelog have one version
--EXTENSIONS--
lyger
--FILE--
<?php
require __DIR__ . '/build_files.inc';
require __DIR__ . '/../../packages/engine/src/EngineFactory.php';

$read = static function (string $file, string $pattern): string {
    preg_match($pattern, file_get_contents(source_tree() . "/$file"), $found);
    return $found[1] ?? 'none';
};
$version = $read('ext/base/version.h', '/#define LYGER_VERSION "([^"]+)"/');
$places = [
    'extension' => phpversion('lyger'),
    'greeting' => substr(lyger_hello_world(), strlen('Hello from lyger ')),
    'package.xml' => $read('package.xml', '~<release>(\d[^<]*)</release>~'),
    'composer.json' => json_decode(file_get_contents(source_tree() . '/composer.json'), true)['version'],
    'EngineFactory' => Lyger\EngineFactory::VERSION,
    'debian/changelog' => $read('debian/changelog', '/^lyger \(([^)]*)\)/'),
    'CHANGELOG.md' => $read('CHANGELOG.md', '/^## (\d[\w.-]*)/m'),
];
foreach ($places as $place => $stated) {
    if ($stated !== $version) {
        echo "$place says $stated, version.h says $version\n";
    }
}
echo preg_match('/^\d+\.\d+\.\d+/', $version) ? "one version\n" : "no version\n";
?>
--EXPECT--
one version
