<?php

/**
 * Classic applications under `lyger serve` in the script form, page by page as under nginx with PHP-FPM.
 *
 *     LYGER_MODULE=…/lyger.so php classic_applications.php DIRECTORY NAME
 *
 * DIRECTORY/NAME.fpm and DIRECTORY/NAME.script are two copies of the application (scripts/classic-applications makes them).
 * Prints "ok" or "not ok" for each page; ends with status 1 when one differed.
 */

declare(strict_types=1);

require __DIR__ . '/visitors.inc';

[, $directory, $name] = $argv;
$fronts = ['wordpress' => 'index.php'];
$servers = [];
foreach (['fpm', 'script'] as $form) {
    $servers[] = new Webserver($form, "$directory/$name.$form", '.', $fronts[$name] ?? '', ['include_path' => ".:$directory/root/usr/share/php:/usr/share/php",
        'short_open_tag' => '0', 'max_execution_time' => '60']);
}
$png = base64_decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==');
$get = fn(string $path): callable => fn(Visitor $visitor) => $visitor->ask($path);

$walks = [
    'adminer' => function () use ($servers, $get, $png): int {
        $both = new Visitors('adminer', $servers, ['/\d+\.\d{3} s/' => 'SECONDS', '/adminer_\w+/' => 'COOKIE', '/nonce="?[^"\s;]+/' => 'NONCE', "/'nonce-[^']+'/" => 'NONCE',
            '/name="token" value="\d+:\d+"/' => 'TOKEN', '/[?&]token=\d+:\d+|["\']\d+:\d{3,}["\']/' => 'TOKEN', '/&v=\d+|version=\d+\.\d+\.\d+/' => 'V']);
        $both->both('the login', $get('/'));
        $both->both('a wrong login', fn(Visitor $v) => $v->submit('auth[driver]', ['auth[driver]' => 'sqlite', 'auth[password]' => 'wrong', 'auth[db]' => 'data/a.sqlite']), 403);
        $both->both('logging in', fn(Visitor $v) => $v->submit('auth[driver]', ['auth[driver]' => 'sqlite', 'auth[password]' => 'secret', 'auth[db]' => 'data/a.sqlite']));
        $at = '/index.php?sqlite=&username=&db=data%2Fa.sqlite';
        $both->both('the SQL page', $get("$at&sql="));
        $both->both('making a table', fn(Visitor $v) => $v->submit('query', ['query' => "CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT, picture BLOB);\n"
            . "INSERT INTO pets (name) VALUES ('Ada'), ('Bo <b>'), ('grüße');\nSELECT * FROM pets;"]));
        $both->both('the tables', $get($at));
        $both->both('the rows', $get("$at&select=pets"));
        $both->both('a form for a row', $get("$at&edit=pets"));
        $both->both('inserting a row, with a file', fn(Visitor $v) => $v->submit('fields[name]', ['fields[name]' => 'Cy', 'fields[picture]' => new CURLStringFile($png, 'p.png', 'image/png')]));
        $both->both('the rows, again', $get("$at&select=pets"));
        $both->both('the structure', $get("$at&table=pets"));
        $both->both('the export page', $get("$at&dump="));
        $both->both('an export', fn(Visitor $v) => $v->submit('output', ['output' => 'text', 'format' => 'sql', 'tables[]' => 'pets', 'data[]' => 'pets', 'data_style' => 'INSERT']));
        $both->both('a wrong query', $get("$at&sql=" . urlencode('SELECT * FROM nothing')));
        $both->both('its style sheet', $get('/index.php?file=default.css&version=4.8.1'));
        $both->both('its picture', $get('/index.php?file=plus.gif&version=4.8.1'));
        $both->both('no such file', $get('/none.php'), 404);
        $both->both('the tables, for logging out', $get($at));
        $both->both('logging out', fn(Visitor $v) => $v->submit('logout', ['logout' => 'Logout']));
        return $both->failed();
    },
    'dokuwiki' => function () use ($servers, $get, $png): int {
        $both = new Visitors('dokuwiki', $servers, ['/DW\w{32}/' => 'DW', '~tseed=\w+|&amp;\d{10}|\?\d{10}~' => 'SEED', '/\d{4}\/\d\d\/\d\d/' => 'DAY', '~&quot;|&#34;~' => '"', '~\btok=[0-9a-f]{6}\b~' => 'tok']);
        $both->both('the first page', $get('/'));
        $both->both('index.php', $get('/index.php'));
        $both->both('the form to log in', $get('/doku.php?id=start&do=login'));
        $both->both('a wrong password', fn(Visitor $v) => $v->submit('u', ['u' => 'admin', 'p' => 'wrong']), 403);
        $both->both('logging in', fn(Visitor $v) => $v->submit('u', ['u' => 'admin', 'p' => 'secret']));
        $both->both('editing', $get('/doku.php?id=wiki:first&do=edit'));
        $both->both('a preview', fn(Visitor $v) => $v->submit('wikitext', ['wikitext' => "====== Grüße ======\n\n**bold** [[start]]", 'do[preview]' => '1']));
        $both->both('saving', fn(Visitor $v) => $v->submit('wikitext', ['wikitext' => "====== Grüße ======\n\n**bold** [[start]]\n\n<code php>\necho 1;\n</code>", 'do[save]' => '1']));
        $both->both('the page', $get('/doku.php?id=wiki:first'));
        $both->both('a path behind the script', $get('/doku.php/wiki:first'));
        $both->both('revisions', $get('/doku.php?id=wiki:first&do=revisions'));
        $both->both('the index', $get('/doku.php?id=start&do=index'));
        $both->both('a search', $get('/doku.php?id=start&do=search&q=bold'));
        $both->both('the source', $get('/doku.php?id=wiki:first&do=export_raw'));
        $both->both('the media manager', $get('/lib/exe/mediamanager.php?ns=wiki'));
        $both->both('an upload', fn(Visitor $v) => $v->submit('upload', ['upload' => new CURLStringFile($png, 'dot.png', 'image/png'), 'mediaid' => 'dot.png']));
        $both->both('the picture', $get('/lib/exe/fetch.php?media=wiki:dot.png'));
        $both->both('a part of it', fn(Visitor $v) => $v->ask('/lib/exe/fetch.php?media=wiki:dot.png', null, ['Range: bytes=0-9']), 206);
        $both->both('the feed', $get('/feed.php'));
        $both->both('its style sheets', $get('/lib/exe/css.php?t=dokuwiki'));
        $both->both('its scripts', $get('/lib/exe/js.php?t=dokuwiki'));
        $both->both('ajax', fn(Visitor $v) => $v->ask('/lib/exe/ajax.php', 'call=qsearch&q=first'));
        $both->both('the configuration', $get('/doku.php?id=start&do=admin&page=config'));
        $both->both('a static file', $get('/lib/images/blank.gif'));
        $both->both('no such page', $get('/doku.php?id=none'));
        $both->both('no such file', $get('/none.php'), 404);
        $both->both('the page, for logging out', $get('/doku.php?id=start'));
        $both->both('logging out', fn(Visitor $v) => $v->ask($v->find('~href="([^"]*do=logout[^"]*)"~')));
        return $both->failed();
    },
    'mediawiki' => function () use ($servers, $get, $png): int {
        $both = new Visitors('mediawiki', $servers, ['~"(wgRequestId|wgBackendResponseTime|reqId)":[^,}]+~' => 'ID', '~[Tt]ime usage: [\d.]+|Real time.*|CPU time.*|\d+\.\d{3}\b~' => 'S',
            '~^.*(Preprocessor|Post|Highest|Expensive|Unstrip|Transclusion|100\.00%|Cached time|Saved in|Cache expiry).*$~m' => '', '~v=\w{5}\b|version=\w{5}\b|/w/load[^"]*~' => 'V', '~\d\d?:\d\d, \d+ \w+ 20\d\d|20\d{12}~' => 'DAY', '~\((fpm-fcgi|lyger)\)~' => '(SAPI)',
            '~\+\\\\+|"[^"]{30,42}\+\\\\\\\\"~' => 'T']);
        $both->both('the first page', $get('/'));
        $both->both('a path behind the script', $get('/index.php/Main_Page'));
        $both->both('the form to log in', $get('/index.php?title=Special:UserLogin'));
        $both->both('a wrong password', fn(Visitor $v) => $v->submit('wpName', ['wpName' => 'Admin', 'wpPassword' => 'wrong']));
        $both->both('logging in', fn(Visitor $v) => $v->submit('wpName', ['wpName' => 'Admin', 'wpPassword' => 'secret-of-a-test']));
        $both->both('editing', $get('/index.php?title=First&action=edit'));
        $both->both('saving', fn(Visitor $v) => $v->submit('wpTextbox1', ['wpTextbox1' => "== Grüße ==\n'''bold''' [[Main Page]]\n", 'wpSave' => 'Save', 'wpSummary' => 'a test']));
        $both->both('the page', $get('/index.php/First'));
        $both->both('its history', $get('/index.php?title=First&action=history'));
        $both->both('its source', $get('/index.php?title=First&action=raw'));
        $both->both('recent changes', $get('/index.php/Special:RecentChanges'));
        $both->both('a search', $get('/index.php?title=Special:Search&search=bold&fulltext=1'));
        $both->both('the form to upload', $get('/index.php/Special:Upload'));
        $both->both('an upload', fn(Visitor $v) => $v->submit('wpUploadFile', ['wpUploadFile' => new CURLStringFile($png, 'dot.png', 'image/png'), 'wpDestFile' => 'Dot.png',
            'wpUpload' => 'Upload file']));
        $both->both('the interface for programs', $get('/api.php?action=query&titles=First&prop=revisions&rvprop=content&format=json'));
        $both->both('REST', $get('/rest.php/v1/page/First'));
        $both->both('REST, nothing there', $get('/rest.php/v1/page/None'), 404);
        $both->both('modules', $get('/load.php?modules=site.styles&only=styles&skin=vector'));
        $both->both('a static file', $get('/resources/assets/poweredby_mediawiki_88x31.png'));
        $both->both('no such page', $get('/index.php/None'), 404);
        $both->both('the preferences', $get('/index.php/Special:Preferences'));
        $both->both('the version', $get('/index.php/Special:Version'));
        return $both->failed();
    },
    'wordpress' => function () use ($servers, $get, $png): int {
        $both = new Visitors('wordpress', $servers, ['~(_wpnonce|nonce|_ajax_nonce[-\w]*|security)("|\'|=|:|&quot;|")+(value=)?[":\' ]*[0-9a-f]{10}~' => 'NONCE', '~"[0-9a-f]{10}"~' => 'NONCE',
            '~wordpress_\w*_?[0-9a-f]{32}=[^;]+~' => 'COOKIE', '~/20\d\d/\d\d/~' => '/MONTH/', '~\d+\.\d+ seconds~' => 'S', '~(?<=["\'>])[0-9a-f]{10}(?=["\'<])~' => 'NONCE',
            '~"(ip|uuid)":"[^"]+"~' => 'ID', '~Date: .*|[A-Z][a-z]{2}, \d\d \w+ 20\d\d~' => 'DATE', '~wp-settings-time-\d=\d+~' => 'T', '~[0-2]\.gravatar~' => 'gravatar', '~ data-pw="[^"]*"~' => '', '~overdue by \d+ \w+~' => 'overdue', '~"uniqueId":"\w+"~' => 'ID', '~20\d\d-\d\d-\d\d[T ]~' => 'DAY', '~%3A\d{5}\b~' => '%3APORT']);
        $both->both('the first page leads to its installer', $get('/'));
        $both->both('the installer', $get('/wp-admin/install.php?step=1&language=en_US'));
        $both->both('installing', fn(Visitor $v) => $v->submit('weblog_title', ['weblog_title' => 'Grüße', 'user_name' => 'admin', 'admin_password' => 'secret-of-a-test',
            'admin_password2' => 'secret-of-a-test', 'pw_weak' => 'on', 'admin_email' => 'admin@example.com', 'Submit' => 'Install']));
        $both->both('the first page', $get('/'));
        $both->both('the form to log in', $get('/wp-login.php'));
        $both->both('a wrong password', fn(Visitor $v) => $v->submit('log', ['log' => 'admin', 'pwd' => 'wrong']));
        $both->both('logging in', fn(Visitor $v) => $v->submit('log', ['log' => 'admin', 'pwd' => 'secret-of-a-test']));
        $both->both('the dashboard', $get('/wp-admin/'));
        $both->both('permalinks', $get('/wp-admin/options-permalink.php'));
        $both->both('pretty ones', fn(Visitor $v) => $v->submit('permalink_structure', ['selection' => '/%postname%/', 'permalink_structure' => '/%postname%/', 'submit' => 'Save Changes']));
        $nonce = fn(Visitor $v): string => "X-WP-Nonce: " . $v->find('~createNonceMiddleware\( "([0-9a-f]+)"~');
        $posting = function (string $body) use ($nonce): callable {
            return function (Visitor $v) use ($nonce, $body): void {
                $v->ask('/wp-admin/post-new.php');
                $v->ask('/wp-json/wp/v2/posts', $body, [$nonce($v), 'Content-Type: application/json']);
            };
        };
        $both->both('the editor', $get('/wp-admin/post-new.php'));
        $both->both('a post, by REST', $posting(json_encode(['title' => 'A first grüße', 'content' => '<!-- wp:paragraph --><p>text</p><!-- /wp:paragraph -->', 'status' => 'publish'])), 201);
        $both->both('the post', $get('/a-first-gruse/'));
        $both->both('posts by REST', $get('/wp-json/wp/v2/posts'));
        $both->both('REST without its place', $get('/index.php?rest_route=/wp/v2/types'));
        $both->both('the index of REST', $get('/wp-json/'));
        $both->both('the first post', $get('/hello-world/'));
        $both->both('a comment', fn(Visitor $v) => $v->submit('comment', ['comment' => 'a comment <b>bold</b>']));
        $both->both('the post with its comment', $get('/hello-world/'));
        $both->both('the form to upload', $get('/wp-admin/media-new.php?browser-uploader'));
        $both->both('an upload', fn(Visitor $v) => $v->submit('async-upload', ['async-upload' => new CURLStringFile($png, 'dot.png', 'image/png'), 'html-upload' => 'Upload']));
        $both->both('the media', $get('/wp-admin/upload.php?mode=list'));
        $both->both('the picture', $get('/wp-content/uploads/' . gmdate('Y/m') . '/dot.png'));
        $both->both('the themes', $get('/wp-admin/themes.php'));
        $both->both('another theme', fn(Visitor $v) => $v->ask($v->find('~href="(?:http://[^/]*)?([^"]*action=activate&amp;stylesheet=twentytwentyone[^"]*)"~')));
        $both->both('the first page in it', $get('/'));
        $both->both('the plug-ins', $get('/wp-admin/plugins.php'));
        $both->both('the users', $get('/wp-admin/users.php'));
        $both->both('settings', $get('/wp-admin/options-general.php'));
        $both->both('changing them', fn(Visitor $v) => $v->submit('blogname', ['blogname' => 'Another name', 'submit' => 'Save']));
        $both->both('ajax', fn(Visitor $v) => $v->ask('/wp-admin/admin-ajax.php', 'action=heartbeat'));
        $both->both('scripts', $get('/wp-admin/load-scripts.php?c=0&load[]=jquery-core,jquery-migrate,utils'));
        $both->both('styles', $get('/wp-admin/load-styles.php?c=0&dir=ltr&load[]=dashicons,admin-bar'));
        $both->both('XML-RPC', fn(Visitor $v) => $v->ask('/xmlrpc.php', '<?xml version="1.0"?><methodCall><methodName>demo.sayHello</methodName></methodCall>', ['Content-Type: text/xml']));
        $both->both('the feed', $get('/feed/'));
        $both->both('robots.txt', $get('/robots.txt'));
        $both->both('a search', $get('/?s=text'));
        $both->both('a static file', $get('/wp-includes/images/blank.gif'));
        $both->both('a style sheet', $get('/wp-includes/css/buttons.css'));
        $both->both('no such page', $get('/none/'), 404);
        $both->both('cron', $get('/wp-cron.php'));
        $both->both('logging out', function (Visitor $v): void {
            $v->ask('/wp-admin/profile.php');
            $v->ask($v->find('~href="(?:http://[^/]*)?([^"]*action=logout[^"]*)"~'));
        });
        return $both->failed();
    },
];
$failed = $walks[$name]();
foreach ($servers as $server) {
    if (preg_match('/^.*(?:died of|signal 11|PHP Fatal error).*/m', $server->log(), $found)) {
        echo "not ok $name, $server->form: $found[0]\n";
        $failed++;
    }
    if (getenv('SHOW_LOGS')) {
        echo $server->log();
    }
}
exit($failed > 0 ? 1 : 0);
