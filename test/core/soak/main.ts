import { seedsFrom, soak } from './runner';
import { KINDS } from './violations';

/** As a program of its own: `--seed N --runs N [--until KIND]`, and the tally as a line of JSON. */
async function main(words: readonly string[]): Promise<void> {
	const word = (name: string) => {
		const at = words.indexOf(`--${name}`);
		return at < 0 ? undefined : words[at + 1];
	};
	const until = KINDS.find((kind) => kind === word('until'));
	const tally = await soak(seedsFrom(Number(word('seed') ?? 1), Number(word('runs') ?? 300)), until);
	process.stdout.write(`${JSON.stringify(tally)}\n`);
}

void main(process.argv.slice(2));
