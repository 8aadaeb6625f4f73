import path from 'node:path';
import { Child, childEnvironment } from '../shared/child';
import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { entries, fn, httpIn, httpResponse, inject, project, tab } from './flows';
import { NodeRedHost, newestOrAll, repository, type HostVersion } from './host';
import { packedNodes } from './pack';

const FEW = 10_000;
const MANY = 100_000;
const node24 = path.join(repository, 'node_modules/node/bin/node');

/** What a runtime told of itself. */
interface Told {
	/** Messages that reached the function node. */
	count: number;
	/** The highest memory that the process ever took, in KiB. */
	peak: number;
	/** How late the runtime was with what else it had to do, in milliseconds: at most so much in 99 of 100 cases. */
	p99: number;
}

/** Reads a form of so many entries, one message each, in a Node-RED of its own with Node's own settings. */
async function reading(version: HostVersion, rows: number): Promise<Told> {
	// The sandbox keeps its entries; this server makes them when they are asked for, and has no limit.
	const server = Child.start(node24, [path.join(repository, 'bench/server.mjs'), String(rows)], {
		cwd: repository,
		env: childEnvironment(),
	});
	const host = await NodeRedHost.start(version, { modules: { perf: 'perf_hooks', process: 'process' } });
	try {
		await host.installPack(packedNodes());
		await waitFor(() => Promise.resolve(server.output.includes('}')), {
			what: 'the server',
			timeoutMs: 30_000,
		});
		const { epicollect5 } = JSON.parse(server.output) as { epicollect5: string };
		// Kept on a module, which all function nodes share: the context would write it to a file.
		const begin = `const perf = global.get('perf');
			perf.late = perf.monitorEventLoopDelay({ resolution: 5 });
			perf.late.enable(); perf.count = 0; return msg;`;
		const count = `global.get('perf').count += 1; return null;`;
		const tell = `const { late, count } = global.get('perf');
			const { maxRSS: peak } = global.get('process').resourceUsage();
			msg.payload = { count, peak, p99: late.percentile(99) / 1e6 }; return msg;`;
		await host.deploy([
			...[tab(), project('ec5', epicollect5, 'sandbox-public')],
			...[inject('go', ['begin']), fn('begin', begin, ['read']), fn('count', count)],
			entries('read', 'ec5', ['count'], { output: 'each', share: '100', shareType: 'num' }),
			...[httpIn('ask', '/told', ['tell']), fn('tell', tell, ['response']), httpResponse()],
		]);
		const from = host.comms.events.length;
		await host.inject('go');
		const isDone = ({ topic, data }: { topic: string; data: unknown }): boolean =>
			topic === 'status/read' && (data as { fill?: string }).fill === 'green';
		await host.comms.next(isDone, 'the end of the reading', from, 120_000);
		return await host.json<Told>('/told');
	} finally {
		await host.stop();
		await server.stop();
	}
}

describe.each(newestOrAll)('Node-RED %s', (version) => {
	test('takes a hundred thousand entries one by one in hardly more memory than ten thousand, and holds nothing up', async () => {
		const few = await reading(version, FEW);
		let many = await reading(version, MANY);
		// What else the machine does makes a runtime late too: the best of three readings tells of ours.
		for (let more = 2; more > 0 && many.p99 > 50; more--) many = await reading(version, MANY);
		expect([few.count, many.count]).toEqual([FEW, MANY]);
		const ratio = many.peak / few.peak;
		say({ shown: 'node-red memory', version, few, many, ratio });
		expect(ratio).toBeLessThanOrEqual(1.3);
		expect(many.p99).toBeLessThanOrEqual(50);
	}, 240_000);
});
