import { StatusLine } from '../../shared/status';

/** What one poll has brought. */
export interface Counts {
	created: number;
	updated: number;
	files: number;
}

/** The status of a node that goes on by itself. */
export class InStatus extends StatusLine {
	/** "412 new · 3 changed · next 14:05" */
	polled({ created, updated, files }: Counts, nextAt: number | undefined, now: number): void {
		const counted: Array<[number, string]> = [
			[created, this.red._('shared.in.new', { count: created, number: this.number(created) })],
			[updated, this.red._('shared.in.changed', { count: updated, number: this.number(updated) })],
			[files, this.red._('shared.in.files', { count: files, number: this.number(files) })],
		];
		const parts = counted.filter(([count]) => count > 0).map(([, text]) => text);
		if (parts.length === 0) parts.push(this.red._('shared.in.nothing'));
		const time =
			nextAt === undefined ? this.time(now) : this.red._('shared.in.next', { time: this.time(nextAt) });
		this.show({ fill: 'green', shape: 'dot', text: [...parts, time].join(' · ') });
	}

	/** "100 sent · again at 14:15 unless confirmed" */
	unconfirmed(count: number, until: number): void {
		const values = { number: this.number(count), time: this.time(until) };
		this.show({ fill: 'yellow', shape: 'ring', text: this.red._('shared.in.unconfirmed', values) });
	}

	/** "No answer from five.epicollect.net · next try 14:05" */
	paused(message: string, nextAt: number | undefined): void {
		const next = nextAt === undefined ? [] : [this.red._('shared.in.nextTry', { time: this.time(nextAt) })];
		this.failed([message, ...next].join(' · '));
	}
}
