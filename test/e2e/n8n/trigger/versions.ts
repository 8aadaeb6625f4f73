import type { Sandbox } from '../../../../sandbox/src';
import type { Received } from './sink';

/** Every version that a poll could see, as `<uuid>/<uploaded_at>`: what has to be delivered. */
export class Versions {
	private readonly before: ReadonlySet<string>;
	private readonly seen = new Set<string>();

	/** @param before whether what is there now is not to be delivered */
	constructor(
		private readonly sandbox: Sandbox,
		private readonly project: string,
		before: boolean,
	) {
		this.before = new Set(before ? this.present() : []);
	}

	/** Notes what is there; to be called before each poll. */
	note(): void {
		for (const version of this.present()) if (!this.before.has(version)) this.seen.add(version);
	}

	get count(): number {
		return this.seen.size;
	}

	missing(received: readonly Received[]): string[] {
		const got = new Set(received.map(versionOf));
		return [...this.seen].filter((version) => !got.has(version));
	}

	/** What was delivered and never there. */
	strange(received: readonly Received[]): string[] {
		return received.map(versionOf).filter((version) => !this.seen.has(version));
	}

	/** Not edited since: what was edited before anybody could see it cannot be delivered. */
	isPresent(version: string): boolean {
		return this.present().includes(version);
	}

	private present(): string[] {
		const rows = this.sandbox.admin.listEntries({ project: this.project });
		return rows.map(({ uuid, uploadedAt }) => `${uuid}/${uploadedAt}`);
	}
}

function versionOf({ eventId }: Received): string {
	return eventId.split('/').slice(2).join('/');
}

/** What came more than once: all but the first of each. */
export function repeatsIn(received: readonly Received[]): Received[] {
	const seen = new Set<string>();
	return received.filter(({ eventId }) => seen.size === seen.add(eventId).size);
}
