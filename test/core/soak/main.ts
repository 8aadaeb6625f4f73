import { seedsFrom, soak } from './runner';

/** As a program of its own: `--seed N --runs N [--most N]`, and the tally as a line of JSON. */
async function main(words: readonly string[]): Promise<void> {
	const number = (name: string, otherwise: number) => {
		const at = words.indexOf(`--${name}`);
		return at < 0 ? otherwise : Number(words[at + 1]);
	};
	const tally = await soak(seedsFrom(number('seed', 1), number('runs', 300)), number('most', Infinity));
	process.stdout.write(`${JSON.stringify(tally)}\n`);
}

void main(process.argv.slice(2));
