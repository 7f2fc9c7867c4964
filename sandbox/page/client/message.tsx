import type { ComponentChildren } from 'preact';

import type { Line, Sent } from './api';

const TICKS: Record<string, string> = {
	accepted: '🕓',
	sent: '✓',
	delivered: '✓✓',
	read: '✓✓',
	failed: '✕',
};

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Addresses in the values of a message, with what they probably are by the end of their names. */
function mediaIn(value: unknown): Array<{ url: string; isPicture: boolean }> {
	if (typeof value === 'string') {
		if (!/^https?:\/\/\S+$/i.test(value) || !URL.canParse(value)) return [];
		return [
			{ url: value, isPicture: /\.(png|jpe?g|gif|webp|svg)$/i.test(new URL(value).pathname) },
		];
	}
	const parts = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
	return parts.flatMap(mediaIn);
}

/** A picture of this machine is shown; for one from elsewhere stands its address, since the page calls nobody else. */
function Media({ url, isPicture }: { url: string; isPicture: boolean }) {
	const { hostname, pathname } = new URL(url);
	const isHere = hostname === '127.0.0.1' || hostname === 'localhost';
	if (isPicture && isHere) return <img class="media" src={url} alt={pathname.split('/').pop()} />;
	return (
		<span class="media link" title={url}>
			{isPicture ? '🖼' : '🔗'} <bdi>{url}</bdi>
		</span>
	);
}

const mediaOf = ({ content, templateParams }: Sent) =>
	mediaIn(content ?? templateParams).filter(
		({ url }, index, all) => all.findIndex((each) => each.url === url) === index,
	);

interface BubbleProps {
	line: Line;
	isSelected: boolean;
	onSelect(): void;
	onPress(button: number): void;
	children?: ComponentChildren;
}

/** A message as its channel would show it. All text comes from others, and stands there as text. */
export function Bubble({ line, isSelected, onSelect, onPress }: BubbleProps) {
	const { at, text, message, status, reason } = line;
	const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
	if (!message) {
		return (
			<li class="bubble inbound">
				<p dir="auto">{text}</p>
				<small>{time}</small>
			</li>
		);
	}
	return (
		<li class={`bubble outbound${isSelected ? ' selected' : ''}`}>
			{mediaOf(message).map((media) => (
				<Media key={media.url} {...media} />
			))}
			<p dir="auto">{text}</p>
			{reason !== undefined && <p class="reason">Failed: {reason}</p>}
			<small>
				<button type="button" class="plain" aria-pressed={isSelected} onClick={onSelect}>
					Details
				</button>{' '}
				{time}{' '}
				<span class={`status ${status}`} role="img" aria-label={status} title={status}>
					{TICKS[status ?? 'accepted']}
				</span>
			</small>
			{message.buttons.length > 0 && (
				<div class="buttons">
					{message.buttons.map((label, index) => (
						<button key={index} type="button" class="outline" onClick={() => onPress(index)}>
							<bdi>{label}</bdi>
						</button>
					))}
				</div>
			)}
		</li>
	);
}
