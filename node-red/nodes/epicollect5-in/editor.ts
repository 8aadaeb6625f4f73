import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { propertyField } from '../../shared/editor/fields';
import { SHARE_DEFAULTS, shareField } from '../../shared/editor/limits';
import { postForList, showFailure, type ListFailure } from '../../shared/editor/lists';
import { fromProject, postForProject } from '../../shared/editor/project';
import { fillMissing, openWhereChanged, showWith, type Dialog } from '../../shared/editor/section';
import { SHAPE_DEFAULTS, ShapeSection, type ShapeProperties } from '../../shared/editor/shape';
import { sensibleMinutes } from './interval';

declare const RED: EditorRED & { settings: { context?: { default: string; stores: string[] } } };

interface InProperties extends ShapeProperties {
	name: string;
	schema: number;
	project: string;
	stream: string;
	streamType: string;
	/** The form's or branch's name as it was in the list, for the label on the canvas. */
	streamName: string;
	created: boolean;
	updated: boolean;
	media: boolean;
	start: string;
	startDate: string;
	poll: string;
	interval: string;
	output: string;
	property: string;
	batchSize: string;
	advance: string;
	timeout: string;
	store: string;
	share: string;
	shareType: string;
}

/** A number above 0, or an environment variable. A node made by hand has none: it is as in a new node. */
const isCount = (value: unknown): boolean =>
	value === undefined || /^([1-9]\d*|\$\{.+\})$/.test(String(value));

/** Where it begins, and how often it asks. */
const POLL_DEFAULTS = {
	start: { value: 'now' },
	startDate: { value: '' },
	poll: { value: 'interval' },
	interval: { value: '5', validate: isCount },
};

/** What the section "Delivery and position" holds. */
const DELIVERY_DEFAULTS = {
	advance: { value: 'sent' },
	timeout: { value: '10', validate: isCount },
	batchSize: { value: '100', validate: isCount },
	store: { value: '' },
};

/** What `RED.notify` gives; its public type is wrong. */
type Closable = { close(): void };

type Say = (key: string, values?: Record<string, unknown>) => string;

let streams: Choice | undefined;
let shape: ShapeSection | undefined;

RED.nodes.registerType<InProperties>('epicollect5-in', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 in',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		stream: { value: '' },
		streamType: { value: 'list' },
		streamName: { value: '' },
		created: { value: true },
		updated: { value: true },
		media: { value: false },
		output: { value: 'each' },
		property: { value: 'payload', required: true },
		...POLL_DEFAULTS,
		...DELIVERY_DEFAULTS,
		...SHAPE_DEFAULTS,
		...SHARE_DEFAULTS,
	},
	label() {
		return this.name || this.streamName || 'epicollect5 in';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say: Say = (key, values) => this._(`epicollect5-in.${key}`, values as never);
		fillMissing(this);
		propertyField();
		storeField(this.store, say);
		streams = streamField(this, this.streamName, say);
		shape = new ShapeSection(this);
		showWith('start', 'date', 'date');
		showWith('poll', 'interval', 'interval');
		showWith('advance', 'confirmed', 'confirmed');
		openWhereChanged('delivery', DELIVERY_DEFAULTS);
		openWhereChanged('limits', SHARE_DEFAULTS);
		shareField(['env']);
		resetButton(this.id, say);
	},
	oneditsave() {
		this.streamName = streams?.chosenLabels[0] ?? '';
		Object.assign(this, shape?.saved);
		streams = shape = undefined;
	},
	oneditcancel() {
		streams = shape = undefined;
	},
});

/** What is followed. The list tells, too, how many requests each poll needs. */
function streamField(dialog: Dialog, savedLabel: string, say: Say): Choice {
	const hint = $('#field-data-note-interval').text(say('note.intervalOne'));
	let all = 1;
	const tell = (): void => {
		const isOne = String($('#node-input-stream').val() ?? '') !== '';
		const count = isOne ? 1 : all;
		hint.text(
			count === 1
				? say('note.intervalOne')
				: say('note.interval', { count, minutes: sensibleMinutes(count) }),
		);
	};
	const field = new Choice({
		...fromProject(dialog),
		name: 'stream',
		none: { value: '', label: say('stream.all') },
		savedLabels: [savedLabel],
		sources: ['str', 'env'],
		load: (project) => postForProject('streams', project),
		onItems: (items) => {
			all = items.length;
			tell();
		},
	});
	$('#node-input-stream').on('change', tell);
	return field;
}

/** The context stores of this Node-RED. One that is not there any more stays chosen. */
function storeField(saved: string, say: Say): void {
	const stores = RED.settings.context?.stores ?? [];
	const missing = saved && !stores.includes(saved) ? [saved] : [];
	const field = $('#node-input-store').append($('<option>', { value: '' }).text(say('store.default')));
	for (const store of [...stores, ...missing]) field.append($('<option>', { value: store }).text(store));
	field.val(saved);
}

/** Asks first: what was sent before may be sent again. */
function resetButton(id: string, say: Say): void {
	const result = $('#field-data-note-reset');
	const reset = (): void => {
		postForList('field-data/epicollect5/in/reset', { id }).then(
			() => result.text(say('reset.done')),
			(failure: ListFailure) => showFailure(result, failure),
		);
	};
	$('#field-data-reset').on('click', () => {
		const ask: Closable = RED.notify(say('reset.question'), {
			modal: true,
			fixed: true,
			buttons: [
				{ text: say('reset.no'), click: () => ask.close() },
				{
					text: say('reset.yes'),
					class: 'primary',
					click: () => {
						ask.close();
						reset();
					},
				},
			],
		}) as never;
	});
}
