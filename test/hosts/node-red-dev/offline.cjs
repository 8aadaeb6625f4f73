/**
 * Loaded before `node-red-dev`: what it would ask the network for is answered from what is known here. The catalogue holds
 * nothing, so that no name is taken; Node-RED's versions are those of the host folders; dependencies and their newest
 * versions are those of this repository's lock file.
 */
const path = require('node:path');
const axios = require('axios');
const semver = require('semver');

const hosts = path.resolve(__dirname, '..');
const root = path.resolve(hosts, '../..');
const { packages } = require(path.join(root, 'package-lock.json'));
const nodeRed = ['5', '4'].map(
	(version) =>
		require(path.join(hosts, `node-red-${version}/package-lock.json`)).packages['node_modules/node-red'],
);

const ANSWERS = {
	'https://catalogue.nodered.org/catalogue.json': { modules: [] },
	'https://registry.npmjs.org/node-red': {
		'dist-tags': { latest: nodeRed[0].version, maintenance: nodeRed[1].version },
		versions: Object.fromEntries(nodeRed.map(({ version, engines }) => [version, { engines }])),
	},
};

axios.get = async (url) => {
	const data = ANSWERS[url];
	if (!data) throw new Error(`The scorecard asked for ${url}, which is not known offline`);
	return { data };
};

/** A package as it is installed for the nodes. */
function locked(name) {
	return packages[`node-red/node_modules/${name}`] ?? packages[`node_modules/${name}`] ?? {};
}

/** A package and all that it depends on, as `name@version`. */
function tree(name, met = new Set()) {
	const { version, dependencies = {} } = locked(name);
	const label = `${name}@${version}`;
	if (version === undefined || met.has(label)) return met;
	met.add(label);
	for (const dependency of Object.keys(dependencies)) tree(dependency, met);
	return met;
}

function replace(name, exports) {
	require.cache[require.resolve(name)] = { id: name, filename: name, loaded: true, exports };
}

replace('npm-remote-ls', {
	config: () => undefined,
	ls: (name, _version, _flatten, done) => done([...tree(name)]),
});

replace('npm-check', async ({ cwd }) => {
	const { dependencies } = require(path.join(cwd, 'package.json'));
	const state = Object.entries(dependencies).map(([moduleName, packageJson]) => {
		const latest = locked(moduleName).version;
		return { moduleName, packageJson, latest, easyUpgrade: semver.satisfies(latest, packageJson) };
	});
	return { get: () => state };
});
