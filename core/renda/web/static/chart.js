/* Draws each <figure data-chart> from the table it names; see templates/macros/charts.jinja2. */
"use strict";
(() => {
  const COLOURS = ["#1d5bb8", "#b5541c", "#1b6e3c", "#7a4fa3", "#0f7580", "#8a5300"];
  const INK = "#1f2329", MUTED = "#5a626d", LINE = "#dfe3e8";
  const FONT = getComputedStyle(document.body).fontFamily;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const words = node => (node ? node.textContent.trim() : "");

  /** Names, row links and series of a table; total rows and empty cells are not drawn. */
  const read = (table, wanted) => {
    const rows = Array.from(table.tBodies[0].rows).filter(row => !row.classList.contains("total"));
    const series = Array.from(table.tHead.rows[0].cells)
      .filter(head => head.dataset.number !== undefined && (!wanted || wanted.includes(head.dataset.key)))
      .map(head => ({
        name: Array.from(head.childNodes).filter(node => node.nodeName !== "SMALL").map(words).join(""),
        data: rows.map(row => {
          const value = row.cells[head.cellIndex].dataset.value;
          return value ? Number(value) : null;
        }),
      }));
    return {
      names: rows.map(row => words(row.querySelector("th a") || row.querySelector("th"))),
      links: rows.map(row => row.querySelector("th a, td a")),
      series,
    };
  };

  const axes = (kind, names, narrow) => {
    const label = { color: INK, fontFamily: FONT, fontSize: 13 };
    const category = {
      type: "category", data: names, inverse: kind === "bar", axisTick: { show: false },
      axisLine: { lineStyle: { color: MUTED } }, axisLabel: label,
    };
    const value = {
      type: "value", minInterval: 1, splitNumber: narrow ? 3 : 5,
      splitLine: { lineStyle: { color: LINE } }, axisLabel: Object.assign({}, label, { color: MUTED, hideOverlap: true }),
    };
    return kind === "bar" ? { xAxis: value, yAxis: category } : { xAxis: category, yAxis: value };
  };

  const option = (kind, title, { names, series }, width) => {
    const several = series.length > 1;
    return Object.assign({
      color: COLOURS, animation: !calm, animationDuration: 300, textStyle: { fontFamily: FONT },
      aria: { enabled: true, label: { description: title }, decal: { show: several && kind === "bar" } },
      grid: { left: 8, right: 48, top: several ? 40 : 12, bottom: 8, containLabel: true },
      legend: { show: several, left: 0, top: 0, textStyle: { color: INK, fontSize: 13 } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: kind === "bar" ? "shadow" : "line" } },
      series: series.map(one => Object.assign({}, one, kind === "bar"
        ? { type: "bar", barMaxWidth: 18, label: { show: true, position: "right", color: INK, fontSize: 13, formatter: p => (p.value === null ? "" : p.value.toLocaleString()) } }
        : { type: "line", symbolSize: 8, lineStyle: { width: 2.5 }, connectNulls: false })),
    }, axes(kind, names, width < 560));
  };

  const draw = figure => {
    const table = document.getElementById(figure.dataset.table);
    if (!table || !table.tBodies[0]) return;
    const kind = figure.dataset.chart;
    const data = read(table, figure.dataset.series && figure.dataset.series.split(" "));
    if (!data.series.length || !data.names.length) return;
    const plot = figure.querySelector(".plot");
    const label = plot.getAttribute("aria-label");
    figure.hidden = false;
    const legend = data.series.length > 1 ? 40 : 12;
    plot.style.height = `${kind === "bar" ? data.names.length * (12 + 22 * data.series.length) + legend + 36 : 300}px`;
    const chart = window.echarts.init(plot, null, { renderer: "svg" });
    const paint = () => {
      chart.resize();
      chart.setOption(option(kind, label, data, plot.clientWidth));
    };
    paint();
    if (kind === "bar") {
      chart.on("click", point => {
        const link = data.links[point.dataIndex];
        if (link) window.location.assign(link.href);
      });
    }
    if (window.ResizeObserver) new ResizeObserver(paint).observe(plot);
    else window.addEventListener("resize", paint);
    window.addEventListener("beforeprint", paint);
  };

  if (window.echarts) document.querySelectorAll("figure[data-chart]").forEach(draw);
})();
