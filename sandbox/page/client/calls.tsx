import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

import type { Overview } from './api';

const SECONDS = 60;
const HEIGHT = 100;

/** Sends of each of the last seconds: all, and those beyond the quota. */
function series(perSecond: Overview['perSecond']): uPlot.AlignedData {
	const now = Math.floor(Date.now() / 1_000);
	const byTime = new Map(perSecond.map((second) => [second.at, second]));
	// The running second is not complete.
	const times = Array.from({ length: SECONDS }, (_second, index) => now - SECONDS + index);
	return [
		times,
		times.map((at) => byTime.get(at)?.sends ?? 0),
		// Nothing to draw where there was none.
		times.map((at) => byTime.get(at)?.throttled || null),
	];
}

const secondsAgo = (at: number) => `${Math.round(at - Date.now() / 1_000)} s`;

/** Sends per second, as a picture that moves. */
export function Calls({ perSecond }: Pick<Overview, 'perSecond'>) {
	const box = useRef<HTMLDivElement>(null);
	const plot = useRef<uPlot | undefined>(undefined);
	useEffect(() => {
		const element = box.current!;
		const color = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
		const axis = {
			stroke: color('--pico-muted-color'),
			grid: { show: false },
			ticks: { show: false },
		};
		const made = new uPlot(
			{
				width: element.clientWidth,
				height: HEIGHT,
				legend: { show: false },
				cursor: { show: false },
				axes: [
					{ ...axis, size: 22, space: 60, values: (_plot, ticks) => ticks.map(secondsAgo) },
					{ ...axis, size: 34, incrs: [1, 2, 5, 10, 25, 50, 100] },
				],
				scales: { y: { range: (_plot, _min, max) => [0, Math.max(12, max * 1.1)] } },
				series: [
					{},
					{
						stroke: color('--sent'),
						fill: color('--sent-area'),
						width: 2,
						points: { show: false },
					},
					{ stroke: color('--failed'), width: 2, points: { show: false } },
				],
			},
			series([]),
			element,
		);
		plot.current = made;
		const resized = new ResizeObserver(() =>
			made.setSize({ width: element.clientWidth, height: HEIGHT }),
		);
		resized.observe(element);
		return () => {
			resized.disconnect();
			made.destroy();
		};
	}, []);
	useEffect(() => plot.current?.setData(series(perSecond)), [perSecond]);
	const last = perSecond.at(-1);
	const isNow = last !== undefined && last.at >= Math.floor(Date.now() / 1_000) - 1;
	return (
		<figure class="calls">
			<figcaption>
				Sends per second, last minute <strong>{isNow ? last.sends : 0}</strong>
			</figcaption>
			<div ref={box} aria-hidden="true" />
		</figure>
	);
}
