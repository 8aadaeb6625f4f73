import { existsSync, statSync } from 'node:fs';
import { readFlags, UsageError, wholeNumber } from './cliOptions';
import type { LimitProfile } from './epicollect5/limits';
import { startSandbox, type SandboxOptions } from './sandbox';

const FLAGS = ['port', 'limits', 'entries', 'seed', 'data'] as const;
const PROFILES = ['production', 'code', 'off'];

/** Options of `npm run sandbox`. */
export function sandboxOptions(argv: string[]): SandboxOptions {
	const flags = readFlags(argv, FLAGS);
	const options: SandboxOptions = {};
	if (flags.port !== undefined) options.port = wholeNumber('port', flags.port, 0, 65535);
	if (flags.limits !== undefined) {
		if (!PROFILES.includes(flags.limits)) {
			throw new UsageError(`--limits: one of ${PROFILES.join(', ')} is needed, not "${flags.limits}"`);
		}
		options.limits = flags.limits as LimitProfile;
	}
	if (flags.entries !== undefined) options.entries = wholeNumber('entries', flags.entries, 0, 5_000_000);
	if (flags.seed !== undefined) options.seed = wholeNumber('seed', flags.seed, 0, 0xffffffff);
	if (flags.data !== undefined) {
		if (!existsSync(flags.data) || !statSync(flags.data).isDirectory()) {
			throw new UsageError(`--data: there is no folder "${flags.data}"`);
		}
		options.dataDir = flags.data;
	}
	return options;
}

async function main(): Promise<void> {
	const sandbox = await startSandbox(sandboxOptions(process.argv.slice(2)));
	const { addresses, clients, projects, workfloplusClients } = sandbox;
	process.stdout.write(`${JSON.stringify({ ...addresses, clients, projects, workfloplusClients })}\n`);
	const end = (): void => void sandbox.stop().then(() => process.exit(0));
	process.on('SIGINT', end);
	process.on('SIGTERM', end);
}

if (require.main === module) {
	main().catch((error: NodeJS.ErrnoException) => {
		const text = error.code === 'EADDRINUSE' ? `--port: ${error.message}` : error.message;
		process.stderr.write(`sandbox: ${text}\n`);
		process.exit(error instanceof UsageError || error.code === 'EADDRINUSE' ? 2 : 1);
	});
}
