import { FROM_ELSEWHERE, typedField } from './fields';
import { openWhereChanged, type Dialog } from './section';

/** The setting of share.html, for the `defaults` of a node. */
export const SHARE_DEFAULTS = {
	share: { value: '50' },
	shareType: { value: 'num' },
};

/** The settings of the section "Limit" (limits.html). */
export const LIMIT_DEFAULTS = {
	...SHARE_DEFAULTS,
	maxWait: { value: '' },
	maxWaitType: { value: 'none' },
};

/** Makes the widget of share.html. */
export function shareField(sources: readonly string[]): void {
	typedField('share', [{ value: 'num', label: '%', validate: /^(100|[1-9]\d?)(\.\d+)?$/ }, ...sources]);
}

export type LimitProperties = Record<keyof typeof LIMIT_DEFAULTS, string>;

/** Makes the widgets of limits.html. */
export function limitSection(dialog: Dialog): void {
	const say = (key: string): string => dialog._(`shared.dialog.${key}`);
	openWhereChanged('limits', LIMIT_DEFAULTS);
	shareField(FROM_ELSEWHERE);
	typedField('maxWait', [
		{ value: 'none', label: say('asLong'), hasValue: false },
		{ value: 'num', label: say('minutes'), validate: /^\d+(\.\d+)?$/ },
		...FROM_ELSEWHERE,
	]);
}
