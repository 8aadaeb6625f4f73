/**
 * The demo: a sandbox of Epicollect5 on this machine, and a Node-RED with the packed nodes that reads it every minute.
 *
 *   npm start                      stays until Ctrl+C, on http://127.0.0.1:1880
 *   npm start -- --port 1881       on another port
 *   npm start -- --check           on free ports: waits for the first entries, prints one line of JSON, ends
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoFlow, firstDelivery } from './demo/flow.mjs';
import { DemoNodeRed } from './demo/nodeRed.mjs';
import { tryPort } from './demo/ports.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PROJECT = 'sandbox-private';
const FIRST_ENTRIES_MS = 60_000;
const NEW_ENTRY_MS = 20_000;

const startedAt = Date.now();
const stops = [];
let stopping = false;

async function stopAll() {
	stopping = true;
	while (stops.length > 0) await stops.pop()();
}

function options() {
	const { values } = parseArgs({ options: { check: { type: 'boolean' }, port: { type: 'string' } } });
	const port = Number(values.port ?? 1880);
	if (!Number.isInteger(port) || port < 1 || port > 65535) {
		throw new Error(`--port: a number from 1 to 65535 is needed, not "${values.port}"`);
	}
	return { check: values.check === true, port };
}

async function choosePort({ check, port }) {
	const open = await tryPort(check ? 0 : port);
	if (open === undefined) {
		throw new Error(
			`Port ${port} is in use, probably by another Node-RED. Stop it, or choose another port: npm start -- --port ${port + 1}`,
		);
	}
	return open;
}

/** The sandbox runs in this process: it ends with it, and can be asked what it was asked. */
async function startSandbox() {
	const { startSandbox: start } = createRequire(import.meta.url)(path.join(root, 'sandbox/dist/index.js'));
	const sandbox = await start({ limits: 'production', entries: 120 });
	stops.push(() => sandbox.stop());
	return sandbox;
}

async function startNodeRed(port, sandbox, say) {
	const nodeRed = new DemoNodeRed(root, port);
	stops.push(() => nodeRed.stop());
	await nodeRed.start(say);
	const { id, secret } = sandbox.clients.find(({ project }) => project === PROJECT);
	const settings = { baseUrl: sandbox.addresses.epicollect5, project: PROJECT };
	const flow = await demoFlow(root, { ...settings, clientId: id, clientSecret: secret });
	const delivery = firstDelivery(nodeRed.url, FIRST_ENTRIES_MS);
	// Whoever deploys meanwhile may fail first; then this one's failure is no news.
	delivery.catch(() => {});
	await nodeRed.deploy(flow);
	return { nodeRed, delivery };
}

function report(entries, sandbox) {
	const { total, tokensIssued } = sandbox.stats();
	const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
	process.stdout.write(`${JSON.stringify({ entries, tokens: tokensIssued, requests: total, seconds })}\n`);
}

/** Somebody in the field sends an entry now and then, so that there is something to see. */
function keepAdding(sandbox) {
	const timer = setInterval(() => sandbox.admin.addEntry({ project: PROJECT }), NEW_ENTRY_MS);
	stops.push(() => clearInterval(timer));
}

async function main() {
	const chosen = options();
	const say = (text) => process.stderr.write(`${text}\n`);
	const port = await choosePort(chosen);
	const sandbox = await startSandbox();
	const { nodeRed, delivery } = await startNodeRed(port, sandbox, say);
	const entries = await delivery;
	if (chosen.check) {
		report(entries, sandbox);
		return;
	}
	keepAdding(sandbox);
	process.stdout.write(
		[
			``,
			`  ${entries} entries have arrived; a new one is sent every ${NEW_ENTRY_MS / 1000} s, and the flow reads every minute.`,
			`  Look at ${nodeRed.url} : the status is below the green nodes, the entries in the debug sidebar (the bug).`,
			`  The sandbox of Epicollect5 answers at ${sandbox.addresses.epicollect5} and forgets everything at the end.`,
			`  Ctrl+C stops everything.`,
			``,
		].join('\n'),
	);
	await nodeRed.ended;
	if (!stopping) throw new Error(`Node-RED ended by itself:\n${nodeRed.printed}`);
}

/** The first signal stops everything; a second one (Ctrl+C reaches npm and us) changes nothing. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		if (stopping) return;
		stopAll().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	});
}

try {
	await main();
	if (!stopping) await stopAll();
} catch (error) {
	// Whatever breaks because everything is being stopped is no failure.
	if (!stopping) {
		process.stderr.write(`npm start: ${error.message}\n`);
		await stopAll().catch(() => {});
		process.exitCode = 1;
	}
}
