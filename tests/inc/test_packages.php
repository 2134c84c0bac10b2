<?php
/*
 * Doctrine and Twig over packages/cache, in two processes that share a cache: the first stores, the second finds it, though what
 * it comes from has changed or is gone meanwhile. Prints a line for each check.
 *     php test_packages.php AUTOLOADER DATABASE first|second
 */

declare(strict_types=1);

use Doctrine\DBAL\Cache\QueryCacheProfile;
use Doctrine\DBAL\DriverManager;
use Doctrine\ORM\EntityManager;
use Doctrine\ORM\Mapping as ORM;
use Doctrine\ORM\Mapping\Driver\AttributeDriver;
use Doctrine\Persistence\Mapping\ClassMetadata;
use Doctrine\Persistence\Mapping\Driver\MappingDriver;
use Lyger\Cache\Pool;
use Lyger\Cache\SimpleCache;
use Lyger\Cache\StoreFactory;

[, $autoloader, $database, $process] = $argv;
require $autoloader;
require __DIR__ . '/../../packages/cache/autoload.php';

#[ORM\Entity, ORM\Table(name: 'users')]
class PackagesUser
{
    #[ORM\Id, ORM\Column]
    public int $id;

    #[ORM\Column]
    public string $name;
}

/** Reads attributes, and counts how often. */
final class PackagesDriver implements MappingDriver
{
    public int $read = 0;

    public function __construct(private AttributeDriver $driver)
    {
    }

    public function loadMetadataForClass(string $className, ClassMetadata $metadata): void
    {
        $this->read++;
        $this->driver->loadMetadataForClass($className, $metadata);
    }

    public function getAllClassNames(): array
    {
        return [PackagesUser::class];
    }

    public function isTransient(string $className): bool
    {
        return $this->driver->isTransient($className);
    }
}

function expect(string $what, mixed $wanted, mixed $got): void
{
    echo $wanted === $got ? "ok $what\n" : "not ok $what\n#   expected " . json_encode($wanted) . ', got ' . json_encode($got) . "\n";
}

$first = $process === 'first';
$connect = static function (Pool $pool) use ($database) {
    $configuration = new Doctrine\DBAL\Configuration();
    $configuration->setResultCache($pool);
    return DriverManager::getConnection(['driver' => 'pdo_sqlite', 'path' => $database], $configuration);
};
$connection = $connect(new Pool(namespace: 'dbal'));
expect("$process process: the store is the extension's", 'native', StoreFactory::create()->name());

// DBAL: the rows of a statement.
if ($first) {
    $connection->executeStatement('CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)');
    $connection->executeStatement("INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')");
}
$names = static fn(): array => $connection->executeCacheQuery(
    'SELECT name FROM users WHERE id < ? ORDER BY id',
    [100],
    [],
    new QueryCacheProfile(600, 'names')
)->fetchFirstColumn();
expect("$process process: DBAL's result cache", ['Ada', 'Grace'], $names());
$connection->executeStatement("UPDATE users SET name = 'changed'");
expect("$process process: DBAL's result cache, though the table has changed", ['Ada', 'Grace'], $names());
expect("$process process: the table", ['changed', 'changed'], $connection->fetchFirstColumn('SELECT name FROM users'));

// ORM: what the attributes say, and the rows of a query.
$driver = new PackagesDriver(new AttributeDriver([]));
$configuration = new Doctrine\ORM\Configuration();
$configuration->setMetadataDriverImpl($driver);
$configuration->setMetadataCache(new Pool(namespace: 'orm.metadata'));
$configuration->setQueryCache($queries = new Pool(namespace: 'orm.queries'));
$configuration->setResultCache(new Pool(namespace: 'orm.results'));
$configuration->setProxyDir(dirname($database) . '/proxies');
$configuration->setProxyNamespace('Proxies');
$manager = new EntityManager($connection, $configuration);
$of = static fn(): array => array_column($manager->createQuery('SELECT u FROM PackagesUser u ORDER BY u.id')->enableResultCache(600, 'users')->getArrayResult(), 'name');
expect("$process process: ORM's result cache", ['changed', 'changed'], $of());
$connection->executeStatement("UPDATE users SET name = 'changed again'");
expect("$process process: ORM's result cache, though the table has changed", ['changed', 'changed'], $of());
expect("$process process: ORM reads attributes", $first ? 1 : 0, (static function () use ($manager, $driver, $process): int {
    $manager->clear();
    expect("$process process: an entity", 'changed again', $manager->find(PackagesUser::class, 1)->name);
    return $driver->read;
})());
expect("$process process: ORM's query cache", true, StoreFactory::create()->name() === 'native' && iterator_count(lyger_cache_keys('psr6:orm.queries:')) > 0);

// Twig: a part of a page, with a tag.
$twig = new Twig\Environment(new Twig\Loader\ArrayLoader($first ? ['menu' => '<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>'] : []));
$parts = new Pool(namespace: 'html');
$menu = $parts->getItem('menu.en');
if (!$menu->isHit()) {
    $parts->save($menu->set($twig->render('menu', ['names' => ['Ada', '<b>']]))->expiresAfter(600)->tag('menu'));
}
expect("$process process: a part of a page that Twig wrote", '<ul><li>Ada</li><li>&lt;b&gt;</li></ul>', $menu->get());
if (!$first) {
    $parts->invalidateTags(['menu']);
    expect('second process: a tag is invalidated', false, $parts->hasItem('menu.en'));
}

// A configuration that each request needs.
$cache = new SimpleCache(namespace: 'config');
$config = $cache->get('all') ?? (static function () use ($cache): array {
    $config = ['made by' => getmypid(), 'routes' => array_fill(0, 1000, ['path' => '/', 'methods' => ['GET']])];
    $cache->set('all', $config);
    return $config;
})();
expect("$process process: a configuration", [$first, 1000], [$config['made by'] === getmypid(), count($config['routes'])]);
