import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Lines over a shared axis, as a picture for the documentation. */
export interface LinePlot {
  readonly title: string;
  readonly subtitle: string;
  readonly x: string;
  readonly y: string;
  readonly scale: { readonly x: 'log' | 'value'; readonly y: 'log' | 'value' };
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** For what does not depend on x, or is a limit. */
    readonly dashed?: boolean;
    /** Without a mark at each point. */
    readonly plain?: boolean;
  }[];
}

const WIDTH = 760;
const HEIGHT = 420;
const COLOURS = ['#0b6e99', '#b5502f', '#7a6f9b', '#5b8c3a', '#888888'];

/** The plot as SVG. The same data give the same text. */
export function toSvg(plot: LinePlot): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const axis = { nameLocation: 'middle' as const, nameTextStyle: { color: '#333' } };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: { text: plot.title, subtext: plot.subtitle, left: 16, top: 8 },
    legend: { bottom: 8, icon: 'roundRect', itemGap: 28 },
    grid: { left: 84, right: 28, top: 76, bottom: 84 },
    xAxis: {
      ...axis,
      type: plot.scale.x,
      name: plot.x,
      nameGap: 28,
      axisLabel: { formatter: short },
    },
    yAxis: {
      ...axis,
      type: plot.scale.y,
      name: plot.y,
      nameGap: 60,
      axisLabel: { formatter: short },
    },
    series: plot.lines.map(({ name, points, dashed, plain }) => ({
      name,
      type: 'line',
      data: points.map((point) => [...point]),
      symbolSize: dashed || plain ? 0 : 7,
      lineStyle: { width: 2, type: dashed ? 'dashed' : 'solid' },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1_000 ? `${value / 1_000}k` : String(value);
}
