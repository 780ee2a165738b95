// The bridge to uPlot. It loads the library when the first plot opens and holds what only a browser has: canvas,
// pointer, observers, the page's colours. What is drawn, and when, is decided in Rust (picture.rs, card.rs).
// A release leaves out of uPlot what is not used here: the list is in tools/shrink.mjs.

// Rust marks a place where a line has no point with Infinity and a gap with NaN; uPlot wants undefined and null.
const ABSENT = Infinity;

let library;

async function load() {
  library ??= import(new URL("vendor/uPlot.esm.js", document.baseURI).href);
  try {
    return (await library).default;
  } catch (error) {
    library = undefined;
    throw error;
  }
}

/** Makes a plot in `host`. `events` are functions: view(), cursor(time or NaN), select(from, to), home(). */
export async function openChart(host, description, view, cursor, select, home) {
  const UPlot = await load();
  return new Chart(UPlot, host, JSON.parse(description), { view, cursor, select, home });
}

export class Chart {
  constructor(UPlot, host, description, events) {
    this.host = host;
    this.lines = description.lines;
    // Depth runs down the vertical axis.
    this.turned = description.depth;
    this.gaps = [];
    this.gapWords = [];
    this.onScreen = true;
    this.readColours();
    this.plot = new UPlot(this.options(UPlot, description, events), [[], ...this.lines.map(() => [])], host);

    this.resizing = new ResizeObserver(() => {
      const size = this.size();
      if (size.width === this.plot.width && size.height === this.plot.height) return;
      this.plot.setSize(size);
      events.view();
    });
    this.resizing.observe(host);
    this.seeing = new IntersectionObserver((entries) => {
      this.onScreen = entries[entries.length - 1].isIntersecting;
      if (this.onScreen) events.view();
    });
    this.seeing.observe(host);
    this.theming = new MutationObserver(() => {
      this.readColours();
      this.plot.redraw(false);
    });
    this.theming.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  isVisible() {
    return this.onScreen && this.plot.width > 0;
  }

  /** How many pixels long the axis of times or places is, or may be soon. */
  columns() {
    const side = this.turned ? "height" : "width";
    return Math.max(1, Math.round(this.plot.bbox[side] / devicePixelRatio) || this.plot[side]);
  }

  /**
   * Draws. `values` has one value for each time and line, `gaps` pairs of times, `words` one word for each gap. Over an
   * axis times are places.
   * The arrays are views of Rust's memory: they must be copied before this returns.
   */
  draw(from, to, times, values, gaps, words) {
    const data = [times.slice()];
    for (let line = 0; line < this.lines.length; line += 1) {
      const column = new Array(times.length);
      for (let row = 0; row < times.length; row += 1) {
        const value = values[line * times.length + row];
        column[row] = value === ABSENT ? undefined : Number.isNaN(value) ? null : value;
      }
      data.push(column);
    }
    this.gaps = [...gaps];
    this.gapWords = words === "" ? [] : words.split("\n");
    this.plot.batch(() => {
      this.plot.setData(data, false);
      this.plot.setScale("x", { min: from, max: to });
    });
  }

  /** Puts the read-out at a time, as the pointer does. */
  point(time) {
    const along = this.plot.valToPos(time, "x");
    const { clientWidth, clientHeight } = this.plot.over;
    this.plot.setCursor(this.turned ? { left: clientWidth / 2, top: along } : { left: along, top: clientHeight / 2 });
  }

  /** Saves a picture of the plot with the names of its lines. */
  save(file) {
    const source = this.plot.ctx.canvas;
    const line = Math.round(20 * devicePixelRatio);
    const canvas = document.createElement("canvas");
    canvas.width = source.width;
    canvas.height = source.height + line * (this.lines.length + 1);
    const context = canvas.getContext("2d");
    context.fillStyle = this.colours.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(source, 0, 0);
    context.font = this.font(devicePixelRatio);
    context.textBaseline = "middle";
    this.lines.forEach(({ title }, index) => {
      const y = source.height + line * (index + 0.75);
      context.fillStyle = this.colours.traces[index % this.colours.traces.length];
      context.fillRect(line, y - devicePixelRatio, line, 2 * devicePixelRatio);
      context.fillStyle = this.colours.ink;
      context.fillText(title, line * 2.4, y);
    });
    canvas.toBlob((blob) => {
      if (!blob) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  }

  destroy() {
    this.resizing.disconnect();
    this.seeing.disconnect();
    this.theming.disconnect();
    this.plot.destroy();
  }

  size() {
    return { width: Math.floor(this.host.clientWidth), height: Math.floor(this.host.clientHeight) };
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.colours = {
      ground: colour("--panel"),
      ink: colour("--ink"),
      quiet: colour("--ink-3"),
      grid: colour("--line"),
      gap: colour("--off"),
      traces: [1, 2, 3, 4, 5, 6].map((number) => colour(`--trace-${number}`)),
      size: parseFloat(colour("--t-xs")) || 11,
      family: getComputedStyle(document.body).fontFamily,
    };
  }

  font(ratio = 1) {
    return `${this.colours.size * ratio}px ${this.colours.family}`;
  }

  options(UPlot, { lines, axes, utc, over }, events) {
    const { turned } = this;
    const start = turned ? "top" : "left";
    const length = turned ? "height" : "width";
    const numbers = (_, splits, __, ___, step) => splits.map((value) => number(value, step));
    const axis = {
      font: this.font(),
      stroke: () => this.colours.quiet,
      grid: { stroke: () => this.colours.grid, width: 1 },
      ticks: { show: false },
    };
    const titled = (label) => ({ label, labelFont: this.font(), labelSize: label ? 18 : 0 });
    const upright = { gap: 6, size: (_, labels) => axisWidth(labels, this.colours.size) };
    const scales = { x: { time: over === null, ...(turned && { ori: 1, dir: -1 }) } };
    for (const { scale, codes } of axes) {
      scales[scale] = turned ? { ori: 0 } : {};
      // A list of states keeps its place; numbers are fitted.
      if (codes.length > 0) {
        const all = codes.map(([code]) => code);
        scales[scale].range = [Math.min(...all) - 0.5, Math.max(...all) + 0.5];
      }
    }
    return {
      ...this.size(),
      scales,
      legend: { show: false },
      padding: turned ? [0, 16, 8, 0] : [8, axes.length > 1 ? 0 : 28, 0, 0],
      // For UTC, a date whose local parts are those of UTC.
      tzDate: (time) => {
        const date = new Date(time * 1000);
        return utc ? new Date(date.getTime() + date.getTimezoneOffset() * 60_000) : date;
      },
      axes: [
        {
          ...axis,
          ...titled(over),
          ...(turned ? { ...upright, side: 3 } : { space: 80, size: 28 }),
          values: over === null ? (_, splits, __, ___, step) => splits.map((time) => clock(time, step, utc)) : numbers,
        },
        ...axes.map(({ scale, unit, codes }, index) => ({
          ...axis,
          scale,
          grid: { ...axis.grid, show: index === 0 },
          ...titled(unit),
          ...(turned ? { side: 0, size: 24 } : { ...upright, side: index === 0 ? 3 : 1 }),
          ...(codes.length > 0
            ? { splits: () => codes.map(([code]) => code), values: (_, splits) => splits.map((code) => labelOf(codes, code)) }
            : { values: numbers }),
        })),
      ],
      series: [
        {},
        ...lines.map(({ title, scale, steps }, index) => ({
          label: title,
          scale,
          width: 1.5,
          stroke: () => this.colours.traces[index % this.colours.traces.length],
          points: { show: false },
          paths: steps ? UPlot.paths.stepped({ align: 1 }) : UPlot.paths.linear(),
        })),
      ],
      cursor: {
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: { dblclick: () => () => events.home() },
      },
      hooks: {
        drawClear: [(plot) => this.shadeGaps(plot)],
        setCursor: [(plot) => events.cursor(plot.cursor.left >= 0 ? plot.posToVal(plot.cursor[start], "x") : NaN)],
        setSelect: [
          (plot) => {
            const { [start]: first, [length]: size } = plot.select;
            if (size < 4) return;
            events.select(plot.posToVal(first, "x"), plot.posToVal(first + size, "x"));
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          },
        ],
      },
    };
  }

  shadeGaps(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.font = this.font(devicePixelRatio);
    ctx.textAlign = "center";
    ctx.textBaseline = "bottom";
    this.gapWords.forEach((words, index) => {
      const from = plot.valToPos(this.gaps[2 * index], "x", true);
      const to = plot.valToPos(this.gaps[2 * index + 1], "x", true);
      const size = Math.max(to - from, 1);
      ctx.globalAlpha = 0.16;
      ctx.fillStyle = this.colours.gap;
      if (this.turned) ctx.fillRect(bbox.left, from, bbox.width, size);
      else ctx.fillRect(from, bbox.top, size, bbox.height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = this.colours.quiet;
      const [start, end, room, x, y] = this.turned
        ? [bbox.top, bbox.top + bbox.height, this.colours.size * devicePixelRatio * 1.5, bbox.left + bbox.width / 2, 0]
        : [bbox.left, bbox.left + bbox.width, ctx.measureText(words).width, 0, bbox.top + bbox.height - 4];
      const middle = (Math.max(from, start) + Math.min(to, end)) / 2;
      if (size > room) ctx.fillText(words, x || middle, y || middle + room / 3);
    });
    ctx.restore();
  }
}

/** A time on the axis, as fine as the distance of two ticks asks for. */
function clock(seconds, step, utc) {
  const date = new Date(seconds * 1000);
  if (!utc) date.setMinutes(date.getMinutes() - date.getTimezoneOffset());
  const text = date.toISOString();
  if (step >= 86400) return text.slice(5, 10);
  if (step >= 60) return text.slice(11, 16);
  return step >= 1 ? text.slice(11, 19) : text.slice(11, 21);
}

/** A number on the axis: no more digits than the distance of two ticks needs. */
function number(value, step) {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e6 || (size < 1e-3 && size > 0)) return value === 0 ? "0" : value.toExponential(step < size / 10 ? 2 : 1);
  return value.toFixed(Math.min(12, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))));
}

function labelOf(codes, code) {
  return codes.find(([other]) => other === code)?.[1] ?? "";
}

// In steps, so that the plot does not shift with every digit.
function axisWidth(labels, size) {
  const longest = Math.max(3, ...(labels ?? []).map((label) => label.length));
  return Math.min(140, Math.ceil((longest * size * 0.62 + 12) / 8) * 8);
}
